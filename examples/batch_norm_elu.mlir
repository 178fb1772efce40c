// Batch normalization and the exponential linear unit after it, as one graph.
//   y = batch_norm(x), out = y where y > 0, else alpha (e^y - 1)
!batch    = tensor<?x64xf32>
!features = tensor<1x64xf32>

func.func @batch_norm_elu(%x: !batch, %gamma: !features, %beta: !features) -> !batch {
  %y   = norm.batch_norm %x, %gamma, %beta over [0] {eps = 1.0e-5} : !batch, !features, !features
  %out = norm.elu %y {alpha = 1.0} : !batch
  return %out : !batch
}
norm.gradient @batch_norm_elu_grad of @batch_norm_elu wrt [0, 1, 2]
