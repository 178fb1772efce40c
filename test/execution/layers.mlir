// Every named layer, with and without scale and shift, and every activation.

// RUN: %python %S/check_agreement.py %s %t --sizes 0=6 --types f32 f64 f16 bf16

!x = tensor<?x8xf32>
!g = tensor<1x8xf32>

func.func @normalizations(%x: !x, %gamma: !g, %beta: !g) -> (!x, !x, !x, !x, !x, !x) {
  %a = norm.batch_norm %x over [0] : !x
  %b = norm.batch_norm %x, %gamma over [0] {eps = 1.0e-3} : !x, !g
  %c = norm.layer_norm %x, %gamma, %beta over [1] : !x, !g, !g
  %d = norm.instance_norm %x over [1] : !x
  %e = norm.rms_norm %x over [1] : !x
  %f = norm.rms_norm %x, %gamma, %beta over [1] {eps = 1.0e-6} : !x, !g, !g
  return %a, %b, %c, %d, %e, %f : !x, !x, !x, !x, !x, !x
}
norm.gradient @normalizations_grad of @normalizations wrt [0, 1, 2]

func.func @softmaxes(%x: !x) -> (!x, !x, !x, tensor<?x1xf32>, tensor<1x1xf32>) {
  %a = norm.softmax %x over [1] : !x
  %b = norm.softmax %x over [0, 1] : !x
  %c = norm.log_softmax %x over [0] : !x
  %d = norm.variance %x over [1] : !x
  %e = norm.variance %x over [1, 0] : !x
  return %a, %b, %c, %d, %e : !x, !x, !x, tensor<?x1xf32>, tensor<1x1xf32>
}
norm.gradient @softmaxes_grad of @softmaxes wrt [0]

func.func @activations(%x: !x) -> (!x, !x, !x, !x, !x, !x, !x) {
  %a = norm.relu %x : !x
  %b = norm.leaky_relu %x : !x
  %c = norm.leaky_relu %x {slope = 0.25} : !x
  %d = norm.elu %x : !x
  %e = norm.elu %x {alpha = 0.5} : !x
  %f = norm.silu %x : !x
  %g = norm.gelu %x : !x
  return %a, %b, %c, %d, %e, %f, %g : !x, !x, !x, !x, !x, !x, !x
}
norm.gradient @activations_grad of @activations wrt [0]

// A sum of many paths to one argument, and casts between types on the way.
func.func @residual(%x: !x, %gamma: !g) -> !x {
  %n = norm.layer_norm %x, %gamma over [1] : !x, !g
  %s = norm.add %x, %n : !x, !x
  %w = norm.cast %s : !x to f64
  %t = norm.tanh %w : tensor<?x8xf64>
  %y = norm.cast %t : tensor<?x8xf64> to f32
  %z = norm.mul %y, %x : !x, !x
  return %z : !x
}
norm.gradient @residual_grad of @residual wrt [0, 1] {save = "all"}
