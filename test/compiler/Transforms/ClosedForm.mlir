// However batch norm is written, its backward has two reductions and its forward saves two values for each feature.
// RUN: normc %s --emit=closed-form | FileCheck %s

// CHECK-LABEL: func.func @div_sqrt_grad_forward(
// CHECK-SAME: tensor<1x64xf32> {norm.bytes = "8 * 64 = 512", norm.name = "{{.*}}", norm.saved = 0 : i64, norm.saved_type = f64},
// CHECK-SAME: tensor<1x64xf32> {norm.bytes = "8 * 64 = 512", norm.name = "{{.*}}", norm.saved = 1 : i64, norm.saved_type = f64})
// CHECK-SAME: norm.saved_bytes = "16 * 64 = 1024"
// CHECK-LABEL: func.func @div_sqrt_grad_backward(
// CHECK-NOT: norm.{{max_over|min_over|mean}}
// CHECK: %[[DEVIATION:.+]] = norm.sub %x
// CHECK: norm.mul %{{.*}}, %[[DEVIATION]]
// CHECK: norm.sum
// CHECK: norm.sum %dout over [0]
// CHECK-NOT: norm.sum
// CHECK: return
func.func @div_sqrt(%x: tensor<128x64xf32>, %gamma: tensor<1x64xf32>, %beta: tensor<1x64xf32>) -> tensor<128x64xf32> {
  %n = norm.constant 0.0078125 : tensor<1x1xf32>
  %s = norm.sum %x over [0] : tensor<128x64xf32>
  %mu = norm.mul %s, %n : tensor<1x64xf32>, tensor<1x1xf32>
  %xmu = norm.sub %x, %mu : tensor<128x64xf32>, tensor<1x64xf32>
  %sq = norm.mul %xmu, %xmu : tensor<128x64xf32>, tensor<128x64xf32>
  %ss = norm.sum %sq over [0] : tensor<128x64xf32>
  %var = norm.mul %ss, %n : tensor<1x64xf32>, tensor<1x1xf32>
  %eps = norm.constant 1.0e-5 : tensor<1x1xf32>
  %v = norm.add %var, %eps : tensor<1x64xf32>, tensor<1x1xf32>
  %sd = norm.sqrt %v : tensor<1x64xf32>
  %xhat = norm.div %xmu, %sd : tensor<128x64xf32>, tensor<1x64xf32>
  %g = norm.mul %xhat, %gamma : tensor<128x64xf32>, tensor<1x64xf32>
  %out = norm.add %g, %beta : tensor<128x64xf32>, tensor<1x64xf32>
  return %out : tensor<128x64xf32>
}
norm.gradient @div_sqrt_grad of @div_sqrt wrt [0, 1, 2]

// The variance from raw moments, a power, and the scale before the centring: the deviation is all that remains of x.
// CHECK-LABEL: func.func @raw_moments_grad_forward(
// CHECK: %mu = norm.mean %x over [0]
// CHECK-NEXT: %[[D:.+]] = norm.sub %x, %mu
// CHECK-NEXT: %[[SQUARE:.+]] = norm.square %[[D]]
// CHECK-NEXT: norm.sum %[[SQUARE]] over [0]
// CHECK-LABEL: func.func @raw_moments_grad_backward(
// CHECK: norm.sum
// CHECK: norm.sum %dout over [0]
// CHECK-NOT: norm.sum
// CHECK: return
func.func @raw_moments(%x: tensor<128x64xf32>, %gamma: tensor<1x64xf32>, %beta: tensor<1x64xf32>) -> tensor<128x64xf32> {
  %sq = norm.mul %x, %x : tensor<128x64xf32>, tensor<128x64xf32>
  %m2 = norm.mean %sq over [0] : tensor<128x64xf32>
  %mu = norm.mean %x over [0] : tensor<128x64xf32>
  %mu2 = norm.square %mu : tensor<1x64xf32>
  %var = norm.sub %m2, %mu2 : tensor<1x64xf32>, tensor<1x64xf32>
  %eps = norm.constant 1.0e-5 : tensor<1x1xf32>
  %v = norm.add %var, %eps : tensor<1x64xf32>, tensor<1x1xf32>
  %p = norm.constant -0.5 : tensor<1x1xf32>
  %ivar = norm.pow %v, %p : tensor<1x64xf32>, tensor<1x1xf32>
  %a = norm.mul %gamma, %ivar : tensor<1x64xf32>, tensor<1x64xf32>
  %mua = norm.mul %mu, %a : tensor<1x64xf32>, tensor<1x64xf32>
  %b = norm.sub %beta, %mua : tensor<1x64xf32>, tensor<1x64xf32>
  %xa = norm.mul %x, %a : tensor<128x64xf32>, tensor<1x64xf32>
  %out = norm.add %xa, %b : tensor<128x64xf32>, tensor<1x64xf32>
  return %out : tensor<128x64xf32>
}
norm.gradient @raw_moments_grad of @raw_moments wrt [0, 1, 2]

// With save = "all" the chain rule stays as it is.
// CHECK-LABEL: func.func @staged_grad_backward(
// CHECK-COUNT-3: norm.sum
func.func @staged(%x: tensor<128x64xf32>, %gamma: tensor<1x64xf32>) -> tensor<128x64xf32> {
  %out = norm.batch_norm %x, %gamma over [0] : tensor<128x64xf32>, tensor<1x64xf32>
  return %out : tensor<128x64xf32>
}
norm.gradient @staged_grad of @staged wrt [0, 1] {save = "all"}

// What was a sum over nothing stays 0: the deviation that left it is NaN then. The shift's gradient is a sum, which needs no
// guard.
// CHECK-LABEL: func.func @guarded_grad_backward(
// CHECK: %[[N:.+]] = norm.count %x over [0]
// CHECK: %[[EMPTY:.+]] = norm.compare eq %[[N]]
// CHECK-NEXT: %dgamma = norm.select %[[EMPTY]]
// CHECK-NOT: norm.select
// CHECK: return
func.func @guarded(%x: tensor<?x4xf32>, %gamma: tensor<1x4xf32>, %beta: tensor<1x4xf32>) -> tensor<?x4xf32> {
  %out = norm.batch_norm %x, %gamma, %beta over [0] : tensor<?x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>
  return %out : tensor<?x4xf32>
}
norm.gradient @guarded_grad of @guarded wrt [0, 1, 2]

// What varies along the batch stays inside the sum, so that nothing is undefined outside of it.
// CHECK-LABEL: func.func @rows_grad_backward(
// CHECK-NOT: norm.select
// CHECK: %dscale = norm.sum
// CHECK-NEXT: return
func.func @rows(%x: tensor<?x?xf32>, %scale: tensor<1x1xf32>) -> tensor<?x?xf32> {
  %y = norm.rms_norm %x over [1] : tensor<?x?xf32>
  %out = norm.mul %y, %scale : tensor<?x?xf32>, tensor<1x1xf32>
  return %out : tensor<?x?xf32>
}
norm.gradient @rows_grad of @rows wrt [0, 1]

// Static extents are not 0.
// CHECK-LABEL: func.func @fixed_grad_backward(
// CHECK-NOT: norm.select
// CHECK: return
func.func @fixed(%x: tensor<8x4xf32>, %gamma: tensor<1x4xf32>) -> tensor<8x4xf32> {
  %out = norm.batch_norm %x, %gamma over [0] : tensor<8x4xf32>, tensor<1x4xf32>
  return %out : tensor<8x4xf32>
}
norm.gradient @fixed_grad of @fixed wrt [0, 1]

// What is no mean of x is subtracted where it was written: nothing cancels in the output, nor in the gradient of the scale.
// CHECK-LABEL: func.func @by_running_mean_grad_forward(
// CHECK: %xmu = norm.sub %x, %mean
// CHECK: norm.mul %{{.+}}, %xmu
// CHECK-LABEL: func.func @by_running_mean_grad_backward(
// CHECK: %xmu = norm.sub %x, %mean
// CHECK: %[[PRODUCT:.+]] = norm.mul %dout, %xmu
// CHECK: %dscale = norm.sum %[[PRODUCT]] over [0]
func.func @by_running_mean(%x: tensor<?x4xf32>, %mean: tensor<1x4xf32>, %scale: tensor<1x4xf32>, %shift: tensor<1x4xf32>)
    -> tensor<?x4xf32> {
  %xmu = norm.sub %x, %mean : tensor<?x4xf32>, tensor<1x4xf32>
  %scaled = norm.mul %xmu, %scale : tensor<?x4xf32>, tensor<1x4xf32>
  %out = norm.add %scaled, %shift : tensor<?x4xf32>, tensor<1x4xf32>
  return %out : tensor<?x4xf32>
}
norm.gradient @by_running_mean_grad of @by_running_mean wrt [0, 2]

// A shift that leaves again, since x meets its own mean, is not read.
// CHECK-LABEL: func.func @shifted_data(
// CHECK-NOT: %shift,
// CHECK: return
func.func @shifted_data(%x: tensor<?x4xf32>, %shift: tensor<1x4xf32>) -> tensor<?x4xf32> {
  %d = norm.sub %x, %shift : tensor<?x4xf32>, tensor<1x4xf32>
  %mean = norm.mean %d over [0] : tensor<?x4xf32>
  %out = norm.sub %d, %mean : tensor<?x4xf32>, tensor<1x4xf32>
  return %out : tensor<?x4xf32>
}

// Means of one value over different axes: each difference is a deviation, and in each backward what adds up to 0 has left.
// CHECK-LABEL: func.func @two_means_grad_forward(
// CHECK-DAG: %mu = norm.mean %x over [0]
// CHECK-DAG: %xmu = norm.sub %x, %mu
// CHECK-DAG: %nu = norm.mean %x over [1]
// CHECK-DAG: %xnu = norm.sub %x, %nu
// CHECK: return
// CHECK-LABEL: func.func @two_means_grad_backward(
// CHECK-COUNT-4: norm.sum
// CHECK-NOT: norm.sum
// CHECK: return
func.func @two_means(%x: tensor<?x6xf32>) -> (tensor<?x6xf32>, tensor<?x6xf32>) {
  %eps = norm.constant 1.0e-5 : tensor<1x1xf32>
  %mu = norm.mean %x over [0] : tensor<?x6xf32>
  %xmu = norm.sub %x, %mu : tensor<?x6xf32>, tensor<1x6xf32>
  %sq = norm.square %xmu : tensor<?x6xf32>
  %var = norm.mean %sq over [0] : tensor<?x6xf32>
  %vareps = norm.add %var, %eps : tensor<1x6xf32>, tensor<1x1xf32>
  %ivar = norm.rsqrt %vareps : tensor<1x6xf32>
  %batch = norm.mul %xmu, %ivar : tensor<?x6xf32>, tensor<1x6xf32>
  %nu = norm.mean %x over [1] : tensor<?x6xf32>
  %xnu = norm.sub %x, %nu : tensor<?x6xf32>, tensor<?x1xf32>
  %sq2 = norm.square %xnu : tensor<?x6xf32>
  %var2 = norm.mean %sq2 over [1] : tensor<?x6xf32>
  %vareps2 = norm.add %var2, %eps : tensor<?x1xf32>, tensor<1x1xf32>
  %ivar2 = norm.rsqrt %vareps2 : tensor<?x1xf32>
  %layer = norm.mul %xnu, %ivar2 : tensor<?x6xf32>, tensor<?x1xf32>
  return %batch, %layer : tensor<?x6xf32>, tensor<?x6xf32>
}
norm.gradient @two_means_grad of @two_means wrt [0]

// A weight that follows from deviations: the weighted mean is taken of deviations, too, and nothing is taken apart into squares of %x.
// CHECK-LABEL: func.func @weighted_by_itself(
// CHECK: %[[D:.+]] = norm.sub %x, %{{.+}}
// CHECK-NOT: %x
// CHECK: return
func.func @weighted_by_itself(%x: tensor<?x8xf32>) -> tensor<?x1xf32> {
  %mu = norm.mean %x over [1] : tensor<?x8xf32>
  %d = norm.sub %x, %mu : tensor<?x8xf32>, tensor<?x1xf32>
  %w = norm.exp %d : tensor<?x8xf32>
  %wx = norm.mul %w, %x : tensor<?x8xf32>, tensor<?x8xf32>
  %a = norm.sum %wx over [1] : tensor<?x8xf32>
  %n = norm.sum %w over [1] : tensor<?x8xf32>
  %m = norm.div %a, %n : tensor<?x1xf32>, tensor<?x1xf32>
  %y = norm.sub %x, %m : tensor<?x8xf32>, tensor<?x1xf32>
  %z = norm.square %y : tensor<?x8xf32>
  %wz = norm.mul %w, %z : tensor<?x8xf32>, tensor<?x8xf32>
  %v = norm.sum %wz over [1] : tensor<?x8xf32>
  return %v : tensor<?x1xf32>
}

// A mean whose weight follows from %x, so that %x cannot be split by it: what is left of %x is still one difference.
// CHECK-LABEL: func.func @weighted_by_a_function(
// CHECK: %y = norm.sub %x, %{{.+}}
// CHECK: %out = norm.mul %r, %y
func.func @weighted_by_a_function(%x: tensor<?x8xf32>, %r: tensor<?x1xf32>) -> tensor<?x8xf32> {
  %most = norm.max_over %x over [1] : tensor<?x8xf32>
  %d = norm.sub %x, %most : tensor<?x8xf32>, tensor<?x1xf32>
  %w = norm.sigmoid %d : tensor<?x8xf32>
  %wx = norm.mul %w, %x : tensor<?x8xf32>, tensor<?x8xf32>
  %a = norm.sum %wx over [1] : tensor<?x8xf32>
  %n = norm.sum %w over [1] : tensor<?x8xf32>
  %m = norm.div %a, %n : tensor<?x1xf32>, tensor<?x1xf32>
  %y = norm.sub %x, %m : tensor<?x8xf32>, tensor<?x1xf32>
  %out = norm.mul %y, %r : tensor<?x8xf32>, tensor<?x1xf32>
  return %out : tensor<?x8xf32>
}

// A scale before the centring: the sum for its gradient is kept together at first, and then is of what is known already.
// CHECK-LABEL: func.func @scaled_before_grad_backward(
// CHECK-COUNT-2: norm.sum
// CHECK-NOT: norm.sum
// CHECK: return
func.func @scaled_before(%x: tensor<?x4xf32>, %g: tensor<1x4xf32>) -> tensor<?x4xf32> {
  %y = norm.mul %x, %g : tensor<?x4xf32>, tensor<1x4xf32>
  %mu = norm.mean %y over [0] : tensor<?x4xf32>
  %ymu = norm.sub %y, %mu : tensor<?x4xf32>, tensor<1x4xf32>
  %sq = norm.square %ymu : tensor<?x4xf32>
  %var = norm.mean %sq over [0] : tensor<?x4xf32>
  %eps = norm.constant 1.0e-5 : tensor<1x1xf32>
  %vareps = norm.add %var, %eps : tensor<1x4xf32>, tensor<1x1xf32>
  %ivar = norm.rsqrt %vareps : tensor<1x4xf32>
  %out = norm.mul %ymu, %ivar : tensor<?x4xf32>, tensor<1x4xf32>
  return %out : tensor<?x4xf32>
}
norm.gradient @scaled_before_grad of @scaled_before wrt [0, 1]
