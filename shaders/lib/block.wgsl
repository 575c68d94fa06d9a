// What the matrix products have in common. They work on blocks of 4 x 4 numbers, each four rows. The kernel gives
//   R, S, T                       blocks along the sides of C[R, S] = A[R, T] . B[T, S]
//   Row, row_at(r)                what it needs to know of four rows of A, made once
//   Step, step_at(t), next(step)  the same of four columns of A, or rows of B; loops go from one to the next
//   load_a(row, step), load_b(step, s), store(r, s, c)
// Four rows are written out: a matrix indexed by a loop's variable is dear on software adapters, and so is leaving a function early.

// One step of a product: c + a . b
fn multiply(c: mat4x4f, a: mat4x4f, b: mat4x4f) -> mat4x4f {
  return mat4x4f(
    c[0] + a[0].x * b[0] + a[0].y * b[1] + a[0].z * b[2] + a[0].w * b[3],
    c[1] + a[1].x * b[0] + a[1].y * b[1] + a[1].z * b[2] + a[1].w * b[3],
    c[2] + a[2].x * b[0] + a[2].y * b[1] + a[2].z * b[2] + a[2].w * b[3],
    c[3] + a[3].x * b[0] + a[3].y * b[1] + a[3].z * b[2] + a[3].w * b[3],
  );
}
