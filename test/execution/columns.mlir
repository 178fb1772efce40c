// Sums over rows that ride along: of a few columns, many rows of lanes side by side, and more chunks than threads have halves of. The
// same bits for any number of threads, which own runs of chunks that begin anywhere, and within the bound of the reference.
// RUN: %python %S/check_determinism.py %s %t.1 --sizes 0=7001
// RUN: %python %S/check_agreement.py %s %t.2 --sizes 0=7001
func.func @layer_norm(%x: tensor<?x5xf32>, %gamma: tensor<1x5xf32>, %beta: tensor<1x5xf32>) -> tensor<?x5xf32> {
  %y = norm.layer_norm %x, %gamma, %beta over [1] {eps = 1.0e-5} : tensor<?x5xf32>, tensor<1x5xf32>, tensor<1x5xf32>
  return %y : tensor<?x5xf32>
}
norm.gradient @layer_norm_grad of @layer_norm wrt [0, 1, 2]
