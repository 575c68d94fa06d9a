// A head of DEPTH 1: nothing more below its input.

fn pass_below(row: u32, t: u32, values: vec4f) {}

fn backward_below(group: vec2u, index: u32) {}
