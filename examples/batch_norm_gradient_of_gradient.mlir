// The gradient of a gradient, as gradient penalties need it. @batch_norm_grad is a function like any other,
//   (x, gamma, beta, dout) -> (out, dx, dgamma, dbeta),
// and its own gradient, here by x, gamma and dout, takes a cotangent for each of those four results.
!batch    = tensor<?x64xf32>
!features = tensor<1x64xf32>

func.func @batch_norm(%x: !batch, %gamma: !features, %beta: !features) -> !batch {
  %out = norm.batch_norm %x, %gamma, %beta over [0] {eps = 1.0e-5} : !batch, !features, !features
  return %out : !batch
}
norm.gradient @batch_norm_grad of @batch_norm wrt [0, 1, 2]
norm.gradient @batch_norm_grad_grad of @batch_norm_grad wrt [0, 1, 3]
