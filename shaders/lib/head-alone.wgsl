// A head of DEPTH 0: nothing below it learns.

fn backward(group: vec2u, index: u32) {}
