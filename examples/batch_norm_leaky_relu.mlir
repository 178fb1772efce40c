// Batch normalization and the leaky rectifier after it, as one graph: the activation's mask is of the normalized value.
//   y = batch_norm(x), out = y where y > 0, else slope y
!batch    = tensor<?x64xf32>
!features = tensor<1x64xf32>

func.func @batch_norm_leaky_relu(%x: !batch, %gamma: !features, %beta: !features) -> !batch {
  %y   = norm.batch_norm %x, %gamma, %beta over [0] {eps = 1.0e-5} : !batch, !features, !features
  %out = norm.leaky_relu %y {slope = 0.01} : !batch
  return %out : !batch
}
norm.gradient @batch_norm_leaky_relu_grad of @batch_norm_leaky_relu wrt [0, 1, 2]
