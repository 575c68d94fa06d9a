// Buffers of a dense layer's update by gradient descent (lib/dense-update.wgsl, lib/sgd.wgsl).

@group(0) @binding(3) var<storage, read_write> state: array<u32>; // step, seed, the step whose update is due
@group(0) @binding(4) var<uniform> rates: array<vec4f, SLOTS / 4>; // of the last SLOTS steps and those ahead, a ring
@group(0) @binding(5) var<storage, read_write> history: array<vec2f>; // sums of losses and hits of the last SLOTS steps
@group(0) @binding(6) var<storage, read_write> parameters: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> velocity: array<vec4f>;
