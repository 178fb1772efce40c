// Turns variances into what one visit to x yields, and quotients into means.
// RUN: normc-opt %s --stabilize | FileCheck %s

// A sum of squares about the mean, however the square is written. The mean stays for who else reads it.
// CHECK-LABEL: func.func @squares(
// CHECK: %mu = norm.mean %arg0 over [1]
// CHECK: %a = norm.squared_deviations %arg0 over [1] : tensor<?x8xf32>
// CHECK: %b = norm.squared_deviations %arg0 over [1] : tensor<?x8xf32>
// CHECK-NOT: norm.sum
// CHECK: return %a, %b, %mu
func.func @squares(%x: tensor<?x8xf32>) -> (tensor<?x1xf32>, tensor<?x1xf32>, tensor<?x1xf32>) {
  %mu = norm.mean %x over [1] : tensor<?x8xf32>
  %d = norm.sub %x, %mu : tensor<?x8xf32>, tensor<?x1xf32>
  %sq = norm.square %d : tensor<?x8xf32>
  %a = norm.sum %sq over [1] : tensor<?x8xf32>
  %dd = norm.mul %d, %d : tensor<?x8xf32>, tensor<?x8xf32>
  %b = norm.sum %dd over [1] : tensor<?x8xf32>
  return %a, %b, %mu : tensor<?x1xf32>, tensor<?x1xf32>, tensor<?x1xf32>
}

// A mean of them is divided by the count. The order of axes means nothing.
// CHECK-LABEL: func.func @variance(
// CHECK: %[[TOTAL:.+]] = norm.squared_deviations %arg0 over [2, 0] : tensor<?x4x?xf32>
// CHECK-NEXT: %[[N:.+]] = norm.count %arg0 over [2, 0] : tensor<?x4x?xf32> to f32
// CHECK-NEXT: %var = norm.div %[[TOTAL]], %[[N]] : tensor<1x4x1xf32>, tensor<1x1x1xf32>
// CHECK-NEXT: return %var
func.func @variance(%x: tensor<?x4x?xf32>) -> tensor<1x4x1xf32> {
  %mu = norm.mean %x over [0, 2] : tensor<?x4x?xf32>
  %d = norm.sub %x, %mu : tensor<?x4x?xf32>, tensor<1x4x1xf32>
  %sq = norm.square %d : tensor<?x4x?xf32>
  %var = norm.mean %sq over [2, 0] : tensor<?x4x?xf32>
  return %var : tensor<1x4x1xf32>
}

// What deviates may be computed.
// CHECK-LABEL: func.func @computed(
// CHECK: %e = norm.exp %arg0
// CHECK: %ss = norm.squared_deviations %e over [0]
func.func @computed(%x: tensor<8x4xf64>) -> tensor<1x4xf64> {
  %e = norm.exp %x : tensor<8x4xf64>
  %mu = norm.mean %e over [0] : tensor<8x4xf64>
  %d = norm.sub %e, %mu : tensor<8x4xf64>, tensor<1x4xf64>
  %sq = norm.square %d : tensor<8x4xf64>
  %ss = norm.sum %sq over [0] : tensor<8x4xf64>
  return %ss : tensor<1x4xf64>
}

// A mean over other axes, a mean of something else, a product of two different deviations, a deviation from a maximum, and a
// mean from which x is subtracted, which is none the less the same: the closed form has no such.
// CHECK-LABEL: func.func @others(
// CHECK-NOT: norm.squared_deviations
// CHECK: return
func.func @others(%x: tensor<8x4xf32>, %z: tensor<8x4xf32>)
    -> (tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x1xf32>, tensor<1x4xf32>) {
  %mu = norm.mean %x over [0] : tensor<8x4xf32>
  %rows = norm.mean %x over [1] : tensor<8x4xf32>
  %muz = norm.mean %z over [0] : tensor<8x4xf32>
  %largest = norm.max_over %x over [0] : tensor<8x4xf32>
  %d = norm.sub %x, %mu : tensor<8x4xf32>, tensor<1x4xf32>
  %dz = norm.sub %z, %muz : tensor<8x4xf32>, tensor<1x4xf32>

  %d0 = norm.sub %x, %rows : tensor<8x4xf32>, tensor<8x1xf32>
  %sq0 = norm.square %d0 : tensor<8x4xf32>
  %a = norm.sum %sq0 over [0] : tensor<8x4xf32>

  %d1 = norm.sub %x, %muz : tensor<8x4xf32>, tensor<1x4xf32>
  %sq1 = norm.square %d1 : tensor<8x4xf32>
  %b = norm.mean %sq1 over [0] : tensor<8x4xf32>

  %sq2 = norm.mul %d, %dz : tensor<8x4xf32>, tensor<8x4xf32>
  %c = norm.sum %sq2 over [0] : tensor<8x4xf32>

  %d3 = norm.sub %x, %largest : tensor<8x4xf32>, tensor<1x4xf32>
  %sq3 = norm.square %d3 : tensor<8x4xf32>
  %e = norm.sum %sq3 over [0] : tensor<8x4xf32>

  %sq4 = norm.square %d : tensor<8x4xf32>
  %f = norm.sum %sq4 over [0, 1] : tensor<8x4xf32>

  %d5 = norm.sub %mu, %x : tensor<1x4xf32>, tensor<8x4xf32>
  %sq5 = norm.square %d5 : tensor<8x4xf32>
  %g = norm.sum %sq5 over [0] : tensor<8x4xf32>
  return %a, %b, %c, %e, %f, %g : tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x1xf32>, tensor<1x4xf32>
}

// An argument's sum over its count is its mean: the count as an op or as a number, of the argument or of what it is widened to.
// CHECK-LABEL: func.func @means(
// CHECK: %a = norm.mean %arg0 over [0] : tensor<?x4xf32>
// CHECK: %b = norm.mean %arg0 over [1] : tensor<?x4xf32>
// CHECK: %[[WIDE:.+]] = norm.cast %arg1
// CHECK: %c = norm.mean %[[WIDE]] over [0]
// CHECK: return %a, %b, %c
func.func @means(%x: tensor<?x4xf32>, %h: tensor<?x4xf16>) -> (tensor<1x4xf32>, tensor<?x1xf32>, tensor<1x4xf32>) {
  %s0 = norm.sum %x over [0] : tensor<?x4xf32>
  %n0 = norm.count %x over [0] : tensor<?x4xf32> to f32
  %a = norm.div %s0, %n0 : tensor<1x4xf32>, tensor<1x1xf32>
  %s1 = norm.sum %x over [1] : tensor<?x4xf32>
  %n1 = norm.constant 4.0 : tensor<1x1xf32>
  %b = norm.div %s1, %n1 : tensor<?x1xf32>, tensor<1x1xf32>
  %wide = norm.cast %h : tensor<?x4xf16> to f32
  %s2 = norm.sum %wide over [0] : tensor<?x4xf32>
  %n2 = norm.count %wide over [0] : tensor<?x4xf32> to f32
  %c = norm.div %s2, %n2 : tensor<1x4xf32>, tensor<1x1xf32>
  return %a, %b, %c : tensor<1x4xf32>, tensor<?x1xf32>, tensor<1x4xf32>
}

// Another number, the count of other axes, a sum of what is computed, and one that somebody else reads: they stay quotients.
// CHECK-LABEL: func.func @quotients(
// CHECK-NOT: norm.mean
// CHECK: return
func.func @quotients(%x: tensor<?x4xf32>)
    -> (tensor<?x1xf32>, tensor<?x1xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) {
  %three = norm.constant 3.0 : tensor<1x1xf32>
  %s0 = norm.sum %x over [1] : tensor<?x4xf32>
  %a = norm.div %s0, %three : tensor<?x1xf32>, tensor<1x1xf32>
  %n = norm.count %x over [0] : tensor<?x4xf32> to f32
  %s1 = norm.sum %x over [1] : tensor<?x4xf32>
  %b = norm.div %s1, %n : tensor<?x1xf32>, tensor<1x1xf32>
  %sq = norm.square %x : tensor<?x4xf32>
  %s2 = norm.sum %sq over [0] : tensor<?x4xf32>
  %c = norm.div %s2, %n : tensor<1x4xf32>, tensor<1x1xf32>
  %s3 = norm.sum %x over [0] : tensor<?x4xf32>
  %d = norm.div %s3, %n : tensor<1x4xf32>, tensor<1x1xf32>
  return %a, %b, %c, %d, %s3 : tensor<?x1xf32>, tensor<?x1xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>
}

// Two numbers of rows that nothing ties together are not one.
// CHECK-LABEL: func.func @other_count
func.func @other_count(%x: tensor<?x4xf32>, %z: tensor<?x4xf32>) -> tensor<1x4xf32> {
  // CHECK: norm.sum
  // CHECK: norm.div
  // CHECK-NOT: norm.mean
  %s = norm.sum %x over [0] : tensor<?x4xf32>
  %n = norm.count %z over [0] : tensor<?x4xf32> to f32
  %y = norm.div %s, %n : tensor<1x4xf32>, tensor<1x1xf32>
  return %y : tensor<1x4xf32>
}
