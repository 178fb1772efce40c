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
// Where all is of 16 bits, a row is still all lanes': 8 elements at once would leave it to half a warp, and the other half none of its own.
// CHECK: runs: 32 lanes for a group, 1 groups a block, 4 elements at once where aligned, {{.*}}ride along
// CHECK: .visible .entry half_grad_backward_dx(
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
func.func @half(%x: tensor<64x256xf16>, %gamma: tensor<1x256xf16>) -> tensor<64x256xf16> {
  %y = norm.rms_norm %x, %gamma over [1] {eps = 1.0e-5} : tensor<64x256xf16>, tensor<1x256xf16>
  return %y : tensor<64x256xf16>
}
norm.gradient @half_grad of @half wrt [0, 1]
