// Batch normalization and the exponential linear unit after it, written over its input. The backward recovers
//   y = out where out > 0, else log(out / alpha + 1);  xhat = (y - beta) / gamma
// from the result. Where the unit has saturated, out = -alpha, y is lost, and so far below 0 that its gradient vanishes.
!batch    = tensor<?x64xf32>
!features = tensor<1x64xf32>

func.func @batch_norm_elu(%x: !batch, %gamma: !features, %beta: !features) -> (!batch {norm.inplace = 0 : i64}) {
  %y   = norm.batch_norm %x, %gamma, %beta over [0] {eps = 1.0e-5} : !batch, !features, !features
  %out = norm.elu %y {alpha = 1.0} : !batch
  return %out : !batch
}
norm.gradient @batch_norm_elu_grad of @batch_norm_elu wrt [0, 1, 2]
