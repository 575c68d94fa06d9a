// Buffers of RMSProp on the whole network (lib/rmsprop.wgsl).

@group(0) @binding(5) var<storage, read_write> second: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> parameters: array<vec4f>;
