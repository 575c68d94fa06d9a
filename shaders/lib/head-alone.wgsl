// A head below which nothing learns.

fn backward(group: vec2u, index: u32) {}
