// Batch normalization with its backward in one formula, as one derives it on paper; xhat and ivar as in the forward:
//   dbeta  = sum(dout)
//   dgamma = sum(dout xhat)
//   dx     = gamma ivar / N (N dout - sum(dout) - xhat sum(dout xhat))
// Beside it, the gradient that normc derives.
!batch    = tensor<?x64xf32>
!features = tensor<1x64xf32>
!scalar   = tensor<1x1xf32>

func.func @batch_norm(%x: !batch, %gamma: !features, %beta: !features) -> !batch {
  %out = norm.batch_norm %x, %gamma, %beta over [0] {eps = 1.0e-5} : !batch, !features, !features
  return %out : !batch
}
norm.gradient @batch_norm_grad of @batch_norm wrt [0, 1, 2]

func.func @batch_norm_backward(%x: !batch, %gamma: !features, %dout: !batch) -> (!batch, !features, !features) {
  %mu     = norm.mean %x over [0] : !batch
  %xmu    = norm.sub %x, %mu : !batch, !features
  %sq     = norm.square %xmu : !batch
  %var    = norm.mean %sq over [0] : !batch
  %eps    = norm.constant 1.0e-5 : !scalar
  %vareps = norm.add %var, %eps : !features, !scalar
  %ivar   = norm.rsqrt %vareps : !features
  %xhat   = norm.mul %xmu, %ivar : !batch, !features

  %doutxhat = norm.mul %dout, %xhat : !batch, !batch
  %dgamma   = norm.sum %doutxhat over [0] : !batch
  %dbeta    = norm.sum %dout over [0] : !batch

  %n       = norm.count %x over [0] : !batch to f32
  %ndout   = norm.mul %n, %dout : !scalar, !batch
  %centred = norm.sub %ndout, %dbeta : !batch, !features
  %along   = norm.mul %xhat, %dgamma : !batch, !features
  %rest    = norm.sub %centred, %along : !batch, !batch
  %scale   = norm.mul %gamma, %ivar : !features, !features
  %scale_n = norm.div %scale, %n : !features, !scalar
  %dx      = norm.mul %scale_n, %rest : !features, !batch
  return %dx, %dgamma, %dbeta : !batch, !features, !features
}
