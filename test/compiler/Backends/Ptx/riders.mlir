// Sums that ride along are where a thread has its columns' to itself: in registers, or in shared memory beside what is held.
//
// RUN: normc %s --emit=ptx | FileCheck %s
//
// CHECK: held in registers, sums over the groups ride along in registers
// CHECK: .visible .entry narrow_grad_backward_dx(
// CHECK-NOT: .shared
// CHECK: .visible .entry narrow_grad_backward_dx_riders(
// CHECK: held in registers, sums over the groups ride along in shared memory
// CHECK: .visible .entry wide_grad_backward_dx(
// CHECK: ld.shared.v4.f32
// CHECK: st.shared.v4.f32
func.func @narrow(%x: tensor<64x256xf32>, %gamma: tensor<1x256xf32>) -> tensor<64x256xf32> {
  %y = norm.rms_norm %x, %gamma over [1] {eps = 1.0e-5} : tensor<64x256xf32>, tensor<1x256xf32>
  return %y : tensor<64x256xf32>
}
norm.gradient @narrow_grad of @narrow wrt [0, 1]
func.func @wide(%x: tensor<64x1536xf32>, %gamma: tensor<1x1536xf32>) -> tensor<64x1536xf32> {
  %y = norm.rms_norm %x, %gamma over [1] {eps = 1.0e-5} : tensor<64x1536xf32>, tensor<1x1536xf32>
  return %y : tensor<64x1536xf32>
}
norm.gradient @wide_grad of @wide wrt [0, 1]
