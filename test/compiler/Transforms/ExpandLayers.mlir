// Replaces named layers by primitives.
// RUN: normc-opt %s --expand-layers | FileCheck %s
// RUN: normc-opt %s --expand-layers --verify-graph | FileCheck %s --check-prefix=NONE
// NONE-NOT: norm.{{(batch|layer|group|instance|rms)_norm|softmax|log_softmax|variance|relu|leaky_relu|elu|silu|gelu}}

// (x - mean) / sqrt(variance + eps) scale + shift. The new values are named after the layer's result.
// CHECK-LABEL: @batch_norm(
func.func @batch_norm(%x: tensor<8x4xf32>, %g: tensor<1x4xf32>, %b: tensor<1x4xf32>) -> tensor<8x4xf32> {
  // CHECK-NEXT: %y_mu = norm.mean %arg0 over [0]
  // CHECK-NEXT: %y_xmu = norm.sub %arg0, %y_mu
  // CHECK-NEXT: %y_sq = norm.square %y_xmu
  // CHECK-NEXT: %y_var = norm.mean %y_sq over [0]
  // CHECK-NEXT: %y_eps = norm.constant 0.001 : tensor<1x1xf32>
  // CHECK-NEXT: %y_vareps = norm.add %y_var, %y_eps
  // CHECK-NEXT: %y_ivar = norm.rsqrt %y_vareps
  // CHECK-NEXT: %y_xhat = norm.mul %y_xmu, %y_ivar
  // CHECK-NEXT: %y_scaled = norm.mul %y_xhat, %arg1
  // CHECK-NEXT: %y = norm.add %y_scaled, %arg2
  // CHECK-NEXT: return %y
  %y = norm.batch_norm %x, %g, %b over [0] {eps = 1.0e-3} : tensor<8x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>
  return %y : tensor<8x4xf32>
}

// Without shift.
// CHECK-LABEL: @layer_norm(
func.func @layer_norm(%x: tensor<8x4xf32>, %g: tensor<1x4xf32>) -> tensor<8x4xf32> {
  // CHECK-NEXT: %y_mu = norm.mean %arg0 over [1]
  // CHECK-NEXT: %y_xmu = norm.sub %arg0, %y_mu
  // CHECK-NEXT: %y_sq = norm.square %y_xmu
  // CHECK-NEXT: %y_var = norm.mean %y_sq over [1]
  // CHECK-NEXT: %y_eps = norm.constant 1.0e-5 : tensor<1x1xf32>
  // CHECK-NEXT: %y_vareps = norm.add %y_var, %y_eps
  // CHECK-NEXT: %y_ivar = norm.rsqrt %y_vareps
  // CHECK-NEXT: %y_xhat = norm.mul %y_xmu, %y_ivar
  // CHECK-NEXT: %y = norm.mul %y_xhat, %arg1
  // CHECK-NEXT: return %y
  %y = norm.layer_norm %x, %g over [1] : tensor<8x4xf32>, tensor<1x4xf32>
  return %y : tensor<8x4xf32>
}

// Without scale and shift; f64 stays f64.
// CHECK-LABEL: @group_norm(
func.func @group_norm(%x: tensor<8x2x4xf64>) -> tensor<8x2x4xf64> {
  // CHECK-NEXT: %y_mu = norm.mean %arg0 over [2] : tensor<8x2x4xf64>
  // CHECK-NEXT: %y_xmu = norm.sub %arg0, %y_mu : tensor<8x2x4xf64>, tensor<8x2x1xf64>
  // CHECK-NEXT: %y_sq = norm.square %y_xmu : tensor<8x2x4xf64>
  // CHECK-NEXT: %y_var = norm.mean %y_sq over [2] : tensor<8x2x4xf64>
  // CHECK-NEXT: %y_eps = norm.constant 1.0e-12 : tensor<1x1x1xf64>
  // CHECK-NEXT: %y_vareps = norm.add %y_var, %y_eps : tensor<8x2x1xf64>, tensor<1x1x1xf64>
  // CHECK-NEXT: %y_ivar = norm.rsqrt %y_vareps : tensor<8x2x1xf64>
  // CHECK-NEXT: %y = norm.mul %y_xmu, %y_ivar : tensor<8x2x4xf64>, tensor<8x2x1xf64>
  // CHECK-NEXT: return %y : tensor<8x2x4xf64>
  %y = norm.group_norm %x over [2] {eps = 1.0e-12} : tensor<8x2x4xf64>
  return %y : tensor<8x2x4xf64>
}

// bf16 is computed in f32 and rounded once; `?` stays.
// CHECK-LABEL: @instance_norm(
func.func @instance_norm(%x: tensor<8x?x?xbf16>) -> tensor<8x?x?xbf16> {
  // CHECK-NEXT: %y_wide = norm.cast %arg0 : tensor<8x?x?xbf16> to f32
  // CHECK-NEXT: %y_mu = norm.mean %y_wide over [1, 2]
  // CHECK-NEXT: %y_xmu = norm.sub %y_wide, %y_mu
  // CHECK-NEXT: %y_sq = norm.square %y_xmu
  // CHECK-NEXT: %y_var = norm.mean %y_sq over [1, 2]
  // CHECK-NEXT: %y_eps = norm.constant 1.0e-5 : tensor<1x1x1xf32>
  // CHECK-NEXT: %y_vareps = norm.add %y_var, %y_eps
  // CHECK-NEXT: %y_ivar = norm.rsqrt %y_vareps
  // CHECK-NEXT: %y_wide_0 = norm.mul %y_xmu, %y_ivar
  // CHECK-NEXT: %y = norm.cast %y_wide_0 : tensor<8x?x?xf32> to bf16
  // CHECK-NEXT: return %y
  %y = norm.instance_norm %x over [1, 2] : tensor<8x?x?xbf16>
  return %y : tensor<8x?x?xbf16>
}

// x / sqrt(mean(x^2) + eps) scale + shift, in f32, where eps is not 0.
// CHECK-LABEL: @rms_norm(
func.func @rms_norm(%x: tensor<8x4xf16>, %g: tensor<1x4xf16>, %b: tensor<1x4xf16>) -> tensor<8x4xf16> {
  // CHECK-NEXT: %y_wide = norm.cast %arg0 : tensor<8x4xf16> to f32
  // CHECK-NEXT: %y_sq = norm.square %y_wide
  // CHECK-NEXT: %y_ms = norm.mean %y_sq over [1]
  // CHECK-NEXT: %y_eps = norm.constant 1.0e-12 : tensor<1x1xf32>
  // CHECK-NEXT: %y_vareps = norm.add %y_ms, %y_eps
  // CHECK-NEXT: %y_ivar = norm.rsqrt %y_vareps
  // CHECK-NEXT: %y_xhat = norm.mul %y_wide, %y_ivar
  // CHECK-NEXT: %y_wide_0 = norm.cast %arg1 : tensor<1x4xf16> to f32
  // CHECK-NEXT: %y_scaled = norm.mul %y_xhat, %y_wide_0
  // CHECK-NEXT: %y_wide_1 = norm.cast %arg2 : tensor<1x4xf16> to f32
  // CHECK-NEXT: %y_wide_2 = norm.add %y_scaled, %y_wide_1
  // CHECK-NEXT: %y = norm.cast %y_wide_2 : tensor<8x4xf32> to f16
  // CHECK-NEXT: return %y
  %y = norm.rms_norm %x, %g, %b over [1] {eps = 1.0e-12} : tensor<8x4xf16>, tensor<1x4xf16>, tensor<1x4xf16>
  return %y : tensor<8x4xf16>
}

// e^(x - m) / sum of e^(x - m)
// CHECK-LABEL: @softmax(
func.func @softmax(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // CHECK-NEXT: %y_max = norm.max_over %arg0 over [1]
  // CHECK-NEXT: %y_shifted = norm.sub %arg0, %y_max
  // CHECK-NEXT: %y_exp = norm.exp %y_shifted
  // CHECK-NEXT: %y_sum = norm.sum %y_exp over [1]
  // CHECK-NEXT: %y = norm.div %y_exp, %y_sum
  // CHECK-NEXT: return %y
  %y = norm.softmax %x over [1] : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// x - m - log(sum of e^(x - m))
// CHECK-LABEL: @log_softmax(
func.func @log_softmax(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // CHECK-NEXT: %y_max = norm.max_over %arg0 over [1]
  // CHECK-NEXT: %y_shifted = norm.sub %arg0, %y_max
  // CHECK-NEXT: %y_exp = norm.exp %y_shifted
  // CHECK-NEXT: %y_sum = norm.sum %y_exp over [1]
  // CHECK-NEXT: %y_log = norm.log %y_sum
  // CHECK-NEXT: %y = norm.sub %y_shifted, %y_log
  // CHECK-NEXT: return %y
  %y = norm.log_softmax %x over [1] : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// mean((x - mean(x))^2)
// CHECK-LABEL: @variance(
func.func @variance(%x: tensor<8x4xf32>) -> tensor<8x1xf32> {
  // CHECK-NEXT: %y_mu = norm.mean %arg0 over [1]
  // CHECK-NEXT: %y_xmu = norm.sub %arg0, %y_mu
  // CHECK-NEXT: %y_sq = norm.square %y_xmu
  // CHECK-NEXT: %y = norm.mean %y_sq over [1]
  // CHECK-NEXT: return %y
  %y = norm.variance %x over [1] : tensor<8x4xf32>
  return %y : tensor<8x1xf32>
}

// x > 0 ? x : 0
// CHECK-LABEL: @relu(
func.func @relu(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // CHECK-NEXT: %y_zero = norm.constant 0.0 : tensor<1x1xf32>
  // CHECK-NEXT: %y_on = norm.compare gt %arg0, %y_zero
  // CHECK-NEXT: %y = norm.select %y_on, %arg0, %y_zero
  // CHECK-NEXT: return %y
  %y = norm.relu %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// x > 0 ? x : slope x
// CHECK-LABEL: @leaky_relu(
func.func @leaky_relu(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // CHECK-NEXT: %y_zero = norm.constant 0.0 : tensor<1x1xf32>
  // CHECK-NEXT: %y_on = norm.compare gt %arg0, %y_zero
  // CHECK-NEXT: %y_slope = norm.constant 0.2 : tensor<1x1xf32>
  // CHECK-NEXT: %y_leak = norm.mul %y_slope, %arg0
  // CHECK-NEXT: %y = norm.select %y_on, %arg0, %y_leak
  // CHECK-NEXT: return %y
  %y = norm.leaky_relu %x {slope = 0.2} : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// x > 0 ? x : e^min(x, 0) - 1
// CHECK-LABEL: @elu(
func.func @elu(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // CHECK-NEXT: %y_zero = norm.constant 0.0 : tensor<1x1xf32>
  // CHECK-NEXT: %y_on = norm.compare gt %arg0, %y_zero
  // CHECK-NEXT: %y_below = norm.select %y_on, %y_zero, %arg0
  // CHECK-NEXT: %y_exp = norm.exp %y_below
  // CHECK-NEXT: %y_one = norm.constant 1.0 : tensor<1x1xf32>
  // CHECK-NEXT: %y_curve = norm.sub %y_exp, %y_one
  // CHECK-NEXT: %y = norm.select %y_on, %arg0, %y_curve
  // CHECK-NEXT: return %y
  %y = norm.elu %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// alpha is no 1.
// CHECK-LABEL: @elu_scaled(
func.func @elu_scaled(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // CHECK-NEXT: %y_zero = norm.constant 0.0 : tensor<1x1xf32>
  // CHECK-NEXT: %y_on = norm.compare gt %arg0, %y_zero
  // CHECK-NEXT: %y_below = norm.select %y_on, %y_zero, %arg0
  // CHECK-NEXT: %y_exp = norm.exp %y_below
  // CHECK-NEXT: %y_one = norm.constant 1.0 : tensor<1x1xf32>
  // CHECK-NEXT: %y_curve = norm.sub %y_exp, %y_one
  // CHECK-NEXT: %y_alpha = norm.constant 0.5 : tensor<1x1xf32>
  // CHECK-NEXT: %y_scaled = norm.mul %y_alpha, %y_curve
  // CHECK-NEXT: %y = norm.select %y_on, %arg0, %y_scaled
  // CHECK-NEXT: return %y
  %y = norm.elu %x {alpha = 0.5} : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// x sigmoid(x)
// CHECK-LABEL: @silu(
func.func @silu(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // CHECK-NEXT: %y_sigmoid = norm.sigmoid %arg0
  // CHECK-NEXT: %y = norm.mul %arg0, %y_sigmoid
  // CHECK-NEXT: return %y
  %y = norm.silu %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// x/2 (1 + erf(x / sqrt(2)))
// CHECK-LABEL: @gelu(
func.func @gelu(%x: tensor<8x4xf16>) -> tensor<8x4xf16> {
  // CHECK-NEXT: %y_wide = norm.cast %arg0 : tensor<8x4xf16> to f32
  // CHECK-NEXT: %y_rsqrt2 = norm.constant 0.70710677 : tensor<1x1xf32>
  // CHECK-NEXT: %y_scaled = norm.mul %y_wide, %y_rsqrt2
  // CHECK-NEXT: %y_erf = norm.erf %y_scaled
  // CHECK-NEXT: %y_one = norm.constant 1.0 : tensor<1x1xf32>
  // CHECK-NEXT: %y_twice = norm.add %y_erf, %y_one
  // CHECK-NEXT: %y_halved = norm.constant 0.5 : tensor<1x1xf32>
  // CHECK-NEXT: %y_half = norm.mul %y_halved, %y_wide
  // CHECK-NEXT: %y_wide_0 = norm.mul %y_half, %y_twice
  // CHECK-NEXT: %y = norm.cast %y_wide_0 : tensor<8x4xf32> to f16
  // CHECK-NEXT: return %y
  %y = norm.gelu %x : tensor<8x4xf16>
  return %y : tensor<8x4xf16>
}

// A layer without a name.
// CHECK-LABEL: @unnamed(
func.func @unnamed(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // CHECK-NEXT: %sigmoid = norm.sigmoid %arg0
  // CHECK-NEXT: %0 = norm.mul %arg0, %sigmoid
  // CHECK-NEXT: return %0
  %0 = norm.silu %x : tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// Each layer has names of its own.
// CHECK-LABEL: @two(
func.func @two(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // CHECK-NEXT: %h_zero = norm.constant 0.0 : tensor<1x1xf32>
  // CHECK-NEXT: %h_on = norm.compare gt %arg0, %h_zero
  // CHECK-NEXT: %h = norm.select %h_on, %arg0, %h_zero
  // CHECK-NEXT: %y_zero = norm.constant 0.0 : tensor<1x1xf32>
  // CHECK-NEXT: %y_on = norm.compare gt %h, %y_zero
  // CHECK-NEXT: %y = norm.select %y_on, %h, %y_zero
  // CHECK-NEXT: return %y
  %h = norm.relu %x : tensor<8x4xf32>
  %y = norm.relu %h : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
