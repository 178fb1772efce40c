// RUN: normc %s --emit=ptx --target=sm_90 | FileCheck %s
// CHECK: .visible .entry rows_y_held(
// Groups that a GPU holds in shared memory, or in registers, between sweeps: see held.test.
func.func @rows(%x: tensor<?x65536xf32>) -> tensor<?x65536xf32> {
  %y = norm.layer_norm %x over [1] {eps = 1.0e-5} : tensor<?x65536xf32>
  return %y : tensor<?x65536xf32>
}
// Of any length: what the second sweep keeps takes the place of x.
func.func @any(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %y = norm.softmax %x over [1] : tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}
// Weights that vary along the images, but not along the runs.
func.func @weighted(%x: tensor<?x2x?xf32>, %w: tensor<?x2x1xf32>) -> tensor<?x2x?xf32> {
  %z = norm.mul %x, %w : tensor<?x2x?xf32>, tensor<?x2x1xf32>
  %y = norm.batch_norm %z over [0, 2] {eps = 1.0e-5} : tensor<?x2x?xf32>
  return %y : tensor<?x2x?xf32>
}
// A chunk of several runs in registers.
func.func @small(%x: tensor<12x3x14x14xf32>, %w: tensor<12x3x1x1xf32>) -> tensor<12x3x14x14xf32> {
  %z = norm.mul %x, %w : tensor<12x3x14x14xf32>, tensor<12x3x1x1xf32>
  %y = norm.batch_norm %z over [0, 2, 3] {eps = 1.0e-5} : tensor<12x3x14x14xf32>
  return %y : tensor<12x3x14x14xf32>
}
// Sums that ride along in registers, in shared memory, and beside rows that are held there.
func.func @narrow(%x: tensor<?x100xf32>, %gamma: tensor<1x100xf32>) -> tensor<?x100xf32> {
  %y = norm.rms_norm %x, %gamma over [1] {eps = 1.0e-5} : tensor<?x100xf32>, tensor<1x100xf32>
  return %y : tensor<?x100xf32>
}
norm.gradient @narrow_grad of @narrow wrt [0, 1]
func.func @wide(%x: tensor<?x3000xf32>, %gamma: tensor<1x3000xf32>, %beta: tensor<1x3000xf32>) -> tensor<?x3000xf32> {
  %y = norm.layer_norm %x, %gamma, %beta over [1] {eps = 1.0e-5} : tensor<?x3000xf32>, tensor<1x3000xf32>, tensor<1x3000xf32>
  return %y : tensor<?x3000xf32>
}
norm.gradient @wide_grad of @wide wrt [0, 1, 2]
func.func @open(%x: tensor<?x?xf32>, %gamma: tensor<1x?xf32>) -> tensor<?x?xf32> {
  %y = norm.rms_norm %x, %gamma over [1] {eps = 1.0e-5} : tensor<?x?xf32>, tensor<1x?xf32>
  return %y : tensor<?x?xf32>
}
norm.gradient @open_grad of @open wrt [0, 1]
