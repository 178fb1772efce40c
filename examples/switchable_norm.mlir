// Switchable normalization of N x C x H x W: mean and variance are mixed from those of each channel of each image, of each image, and of
// each channel, by weights that are learnt.
//   out = gamma (x - mean) / sqrt(variance + eps) + beta,  mean = wi mean_instance + wl mean_layer + wb mean_batch, variance alike
// After Luo, Ren, Peng, Zhang and Li, "Differentiable Learning-to-Normalize via Switchable Normalization", 2018.
!images    = tensor<?x3x?x?xf32>
!instances = tensor<?x3x1x1xf32>
!layers    = tensor<?x1x1x1xf32>
!channels  = tensor<1x3x1x1xf32>
!one       = tensor<1x1x1x1xf32>

func.func @switchable_norm(%x: !images, %gamma: !channels, %beta: !channels, %wi: !one, %wl: !one, %wb: !one) -> !images {
  %mean_i = norm.mean %x over [2, 3] : !images
  %mean_l = norm.mean %x over [1, 2, 3] : !images
  %mean_b = norm.mean %x over [0, 2, 3] : !images
  %var_i  = norm.variance %x over [2, 3] : !images
  %var_l  = norm.variance %x over [1, 2, 3] : !images
  %var_b  = norm.variance %x over [0, 2, 3] : !images

  %mu_i   = norm.mul %wi, %mean_i : !one, !instances
  %mu_l   = norm.mul %wl, %mean_l : !one, !layers
  %mu_b   = norm.mul %wb, %mean_b : !one, !channels
  %mu_il  = norm.add %mu_i, %mu_l : !instances, !layers
  %mu     = norm.add %mu_il, %mu_b : !instances, !channels

  %v_i    = norm.mul %wi, %var_i : !one, !instances
  %v_l    = norm.mul %wl, %var_l : !one, !layers
  %v_b    = norm.mul %wb, %var_b : !one, !channels
  %v_il   = norm.add %v_i, %v_l : !instances, !layers
  %var    = norm.add %v_il, %v_b : !instances, !channels

  %eps    = norm.constant 1.0e-5 : !one
  %vareps = norm.add %var, %eps : !instances, !one
  %ivar   = norm.rsqrt %vareps : !instances
  %xmu    = norm.sub %x, %mu : !images, !instances
  %xhat   = norm.mul %xmu, %ivar : !images, !instances
  %gammax = norm.mul %gamma, %xhat : !channels, !images
  %out    = norm.add %gammax, %beta : !images, !channels
  return %out : !images
}
norm.gradient @switchable_norm_grad of @switchable_norm wrt [0, 1, 2, 3, 4, 5]
