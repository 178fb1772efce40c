// Batch normalization with a backward that caches nothing: from x, gamma and dout alone it computes the statistics again,
// then goes back through the nine steps, the last one first. Beside it, the gradient that normc derives.
!batch    = tensor<?x64xf32>
!features = tensor<1x64xf32>
!scalar   = tensor<1x1xf32>

func.func @batch_norm(%x: !batch, %gamma: !features, %beta: !features) -> !batch {
  %out = norm.batch_norm %x, %gamma, %beta over [0] {eps = 1.0e-5} : !batch, !features, !features
  return %out : !batch
}
norm.gradient @batch_norm_grad of @batch_norm wrt [0, 1, 2]

func.func @batch_norm_backward(%x: !batch, %gamma: !features, %dout: !batch) -> (!batch, !features, !features) {
  // The forward again.
  %mu     = norm.mean %x over [0] : !batch
  %xmu    = norm.sub %x, %mu : !batch, !features
  %sq     = norm.square %xmu : !batch
  %var    = norm.mean %sq over [0] : !batch
  %eps    = norm.constant 1.0e-5 : !scalar
  %vareps = norm.add %var, %eps : !features, !scalar
  %ivar   = norm.rsqrt %vareps : !features
  %xhat   = norm.mul %xmu, %ivar : !batch, !features

  // out = gamma xhat + beta
  %dbeta   = norm.sum %dout over [0] : !batch
  %dgammax = norm.mul %dout, %xhat : !batch, !batch
  %dgamma  = norm.sum %dgammax over [0] : !batch
  %dxhat   = norm.mul %dout, %gamma : !batch, !features

  // xhat = xmu ivar
  %dxmu1  = norm.mul %dxhat, %ivar : !batch, !features
  %dxivar = norm.mul %dxhat, %xmu : !batch, !batch
  %divar  = norm.sum %dxivar over [0] : !batch

  // ivar = (var + eps)^(-1/2)
  %minus_half = norm.constant -0.5 : !scalar
  %ivar2 = norm.square %ivar : !features
  %ivar3 = norm.mul %ivar2, %ivar : !features, !features
  %slope = norm.mul %minus_half, %ivar3 : !scalar, !features
  %dvar  = norm.mul %slope, %divar : !features, !features

  // var = 1/N sum of xmu^2
  %n     = norm.count %x over [0] : !batch to f32
  %dsq   = norm.div %dvar, %n : !features, !scalar
  %two   = norm.constant 2.0 : !scalar
  %xmu2  = norm.mul %two, %xmu : !scalar, !batch
  %dxmu2 = norm.mul %xmu2, %dsq : !batch, !features

  // xmu = x - mu, mu = 1/N sum of x
  %dxmu = norm.add %dxmu1, %dxmu2 : !batch, !batch
  %sum  = norm.sum %dxmu over [0] : !batch
  %dmu  = norm.neg %sum : !features
  %dx2  = norm.div %dmu, %n : !features, !scalar
  %dx   = norm.add %dxmu, %dx2 : !batch, !features
  return %dx, %dgamma, %dbeta : !batch, !features, !features
}
