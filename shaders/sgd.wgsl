// Buffers of gradient descent on the whole network (lib/sgd.wgsl).

@group(0) @binding(5) var<storage, read_write> velocity: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> parameters: array<vec4f>;
