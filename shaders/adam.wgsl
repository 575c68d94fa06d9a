// Buffers of Adam on the whole network (lib/adam.wgsl).

@group(0) @binding(5) var<storage, read_write> first: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> second: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> parameters: array<vec4f>;
