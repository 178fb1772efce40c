// Rules that batch norm's nine steps do not need, each in words.
// RUN: normc %s --emit=derivation | FileCheck %s

// Without a gradient, the functions themselves.
// CHECK: @raw: from the graph to the closed form
// CHECK: var = select of positive and raw and zero is raw: its sign is known, so no choice is left.
// CHECK: x = (x - mu) + mu | rule 4: it meets its own mean
// CHECK: k = 0.0833333
// CHECK-NEXT: = 1 / 12 | rule 2: to its digits this is 1/n, n a count of the graph
// CHECK: s = sum[0](x)
// CHECK: = 12 * mu + sum[0](x - mu) | rule 2: what does not vary leaves the reduction; a sum of 1 is the count
// CHECK-NEXT: = 12 * mu | rule 4: deviations from a mean add up to 0
// CHECK-NOT: The chain rule
// CHECK: The closed form
// CHECK: raw = sum[0]((x - mu)^2) / 12
// CHECK: 1 reduction is left:
func.func @raw(%x: tensor<12x4xf32>) -> tensor<1x4xf32> {
  %k = norm.constant 0.0833333 : tensor<1x1xf32>
  %s = norm.sum %x over [0] : tensor<12x4xf32>
  %mu = norm.mul %s, %k : tensor<1x4xf32>, tensor<1x1xf32>
  %xx = norm.square %x : tensor<12x4xf32>
  %sxx = norm.sum %xx over [0] : tensor<12x4xf32>
  %m2 = norm.mul %sxx, %k : tensor<1x4xf32>, tensor<1x1xf32>
  %mm = norm.square %mu : tensor<1x4xf32>
  %raw = norm.sub %m2, %mm : tensor<1x4xf32>, tensor<1x4xf32>
  %zero = norm.constant 0.0 : tensor<1x1xf32>
  %positive = norm.compare gt %raw, %zero : tensor<1x4xf32>, tensor<1x1xf32>
  %var = norm.select %positive, %raw, %zero : tensor<1x4xi1>, tensor<1x4xf32>, tensor<1x1xf32>
  return %var : tensor<1x4xf32>
}

// CHECK: @choices: from the graph to the closed form
// CHECK: m = abs(n)
// CHECK-NEXT: = abs(-s) | values put in
// CHECK-NEXT: = s | a sign is known: the choice is made
// CHECK: t = p + q
// CHECK-NEXT: = on ? x : e * x | rule 6: choices under one condition add inside
// CHECK-NEXT: = x * (on ? 1 : e) | rule 6: what both branches share goes outside
func.func @choices(%x: tensor<12x4xf32>, %w: tensor<12x1xf32>) -> tensor<12x4xf32> {
  %zero = norm.constant 0.0 : tensor<1x1xf32>
  %s = norm.square %x : tensor<12x4xf32>
  %n = norm.neg %s : tensor<12x4xf32>
  %m = norm.abs %n : tensor<12x4xf32>
  %on = norm.compare gt %x, %zero : tensor<12x4xf32>, tensor<1x1xf32>
  %e = norm.exp %w : tensor<12x1xf32>
  %xe = norm.mul %x, %e : tensor<12x4xf32>, tensor<12x1xf32>
  %p = norm.select %on, %x, %zero : tensor<12x4xi1>, tensor<12x4xf32>, tensor<1x1xf32>
  %q = norm.select %on, %zero, %xe : tensor<12x4xi1>, tensor<1x1xf32>, tensor<12x4xf32>
  %t = norm.add %p, %q : tensor<12x4xf32>, tensor<12x4xf32>
  %y = norm.add %t, %m : tensor<12x4xf32>, tensor<12x4xf32>
  return %y : tensor<12x4xf32>
}
