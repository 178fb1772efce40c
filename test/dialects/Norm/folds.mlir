// Folds are exact for every operand, so what is wrong for an infinity, a NaN or a zero's sign must stay.
// RUN: normc-opt %s --canonicalize | FileCheck %s

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @add_negative_zero
func.func @add_negative_zero(%x: tensor<4x5xf32>) -> (tensor<4x5xf32>, tensor<4x5xf32>) {
  %z = norm.constant -0.0 : tensor<1x1xf32>
  %y = norm.add %x, %z : tensor<4x5xf32>, tensor<1x1xf32>
  %w = norm.add %z, %x : tensor<1x1xf32>, tensor<4x5xf32>
  // CHECK-NEXT: return %arg0, %arg0
  return %y, %w : tensor<4x5xf32>, tensor<4x5xf32>
}

// -0 + 0 is 0.
// CHECK-LABEL: @add_zero
func.func @add_zero(%x: tensor<4x5xf32>) -> tensor<4x5xf32> {
  %z = norm.constant 0.0 : tensor<1x1xf32>
  // CHECK: %y = norm.add %arg0, %z
  %y = norm.add %x, %z : tensor<4x5xf32>, tensor<1x1xf32>
  // CHECK-NEXT: return %y
  return %y : tensor<4x5xf32>
}

// CHECK-LABEL: @sub_zero
func.func @sub_zero(%x: tensor<4x5xf32>) -> tensor<4x5xf32> {
  %z = norm.constant 0.0 : tensor<1x1xf32>
  %y = norm.sub %x, %z : tensor<4x5xf32>, tensor<1x1xf32>
  // CHECK-NEXT: return %arg0
  return %y : tensor<4x5xf32>
}

// -0 - (-0) is 0, 0 - x is 0 where -x is -0, x - x is NaN of infinity.
// CHECK-LABEL: @sub_stays
func.func @sub_stays(%x: tensor<4x5xf32>) -> (tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>) {
  %n = norm.constant -0.0 : tensor<1x1xf32>
  %p = norm.constant 0.0 : tensor<1x1xf32>
  // CHECK: %a = norm.sub %arg0, %n
  %a = norm.sub %x, %n : tensor<4x5xf32>, tensor<1x1xf32>
  // CHECK-NEXT: %b = norm.sub %p, %arg0
  %b = norm.sub %p, %x : tensor<1x1xf32>, tensor<4x5xf32>
  // CHECK-NEXT: %c = norm.sub %arg0, %arg0
  %c = norm.sub %x, %x : tensor<4x5xf32>, tensor<4x5xf32>
  return %a, %b, %c : tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>
}

// CHECK-LABEL: @one
func.func @one(%x: tensor<4x5xf32>) -> (tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>) {
  %one = norm.constant 1.0 : tensor<1x1xf32>
  %a = norm.mul %x, %one : tensor<4x5xf32>, tensor<1x1xf32>
  %b = norm.mul %one, %x : tensor<1x1xf32>, tensor<4x5xf32>
  %c = norm.div %x, %one : tensor<4x5xf32>, tensor<1x1xf32>
  %d = norm.pow %x, %one : tensor<4x5xf32>, tensor<1x1xf32>
  // CHECK-NEXT: return %arg0, %arg0, %arg0, %arg0
  return %a, %b, %c, %d : tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>
}

// 0 x is NaN of infinity, 1 / x is no x, 1^x is 1 but not where it stands first, x^0 is left to the algebra.
// CHECK-LABEL: @one_stays
func.func @one_stays(%x: tensor<4x5xf32>) -> (tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>) {
  %zero = norm.constant 0.0 : tensor<1x1xf32>
  %one = norm.constant 1.0 : tensor<1x1xf32>
  // CHECK: %a = norm.mul %arg0, %zero
  %a = norm.mul %x, %zero : tensor<4x5xf32>, tensor<1x1xf32>
  // CHECK-NEXT: %b = norm.div %one, %arg0
  %b = norm.div %one, %x : tensor<1x1xf32>, tensor<4x5xf32>
  // CHECK-NEXT: %c = norm.pow %one, %arg0
  %c = norm.pow %one, %x : tensor<1x1xf32>, tensor<4x5xf32>
  // CHECK-NEXT: %d = norm.pow %arg0, %zero
  %d = norm.pow %x, %zero : tensor<4x5xf32>, tensor<1x1xf32>
  return %a, %b, %c, %d : tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>
}

// The neutral element has more extents: the result has its type.
// CHECK-LABEL: @neutral_of_another_type
func.func @neutral_of_another_type(%s: tensor<?x1xf32>) -> tensor<?x1xf32> {
  %one = norm.constant 1.0 : tensor<1x1xf32>
  %y = norm.mul %s, %one : tensor<?x1xf32>, tensor<1x1xf32>
  // CHECK-NEXT: return %arg0
  return %y : tensor<?x1xf32>
}

// CHECK-LABEL: @signs
func.func @signs(%x: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %n = norm.neg %x : tensor<4xf32>
  %nn = norm.neg %n : tensor<4xf32>
  // CHECK-NEXT: %a = norm.abs %arg0
  %a = norm.abs %n : tensor<4xf32>
  %aa = norm.abs %a : tensor<4xf32>
  // CHECK-NEXT: %s = norm.square %arg0
  %s = norm.square %n : tensor<4xf32>
  // CHECK-NEXT: %g = norm.sign %arg0
  %g = norm.sign %x : tensor<4xf32>
  %gg = norm.sign %g : tensor<4xf32>
  // CHECK-NEXT: return %arg0, %a, %a, %s, %g
  return %nn, %a, %aa, %s, %gg : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// The square of |x| and the sign of -x stay as they are.
// CHECK-LABEL: @signs_stay
func.func @signs_stay(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: %n = norm.neg
  %n = norm.neg %x : tensor<4xf32>
  // CHECK-NEXT: %a = norm.sign %n
  %a = norm.sign %n : tensor<4xf32>
  // CHECK-NEXT: %b = norm.sign %arg0
  %b = norm.sign %x : tensor<4xf32>
  // CHECK-NEXT: %c = norm.neg %b
  %c = norm.neg %b : tensor<4xf32>
  return %a, %c : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: @extrema
func.func @extrema(%x: tensor<4x5xf32>, %i: tensor<4x5xi32>, %r: tensor<1x5xf32>)
    -> (tensor<4x5xf32>, tensor<4x5xi32>, tensor<4x5xf32>) {
  %a = norm.max %x, %x : tensor<4x5xf32>, tensor<4x5xf32>
  %b = norm.min %i, %i : tensor<4x5xi32>, tensor<4x5xi32>
  // CHECK-NEXT: %c = norm.max %arg0, %arg2
  %c = norm.max %x, %r : tensor<4x5xf32>, tensor<1x5xf32>
  // CHECK-NEXT: return %arg0, %arg1, %c
  return %a, %b, %c : tensor<4x5xf32>, tensor<4x5xi32>, tensor<4x5xf32>
}

// CHECK-LABEL: @select
func.func @select(%c: tensor<4x5xi1>, %x: tensor<4x5xf32>, %r: tensor<1x5xf32>) -> (tensor<4x5xf32>, tensor<4x5xf32>) {
  %a = norm.select %c, %x, %x : tensor<4x5xi1>, tensor<4x5xf32>, tensor<4x5xf32>
  // The condition has more extents than the branches.
  // CHECK-NEXT: %b = norm.select %arg0, %arg2, %arg2
  %b = norm.select %c, %r, %r : tensor<4x5xi1>, tensor<1x5xf32>, tensor<1x5xf32>
  // CHECK-NEXT: return %arg1, %b
  return %a, %b : tensor<4x5xf32>, tensor<4x5xf32>
}

//===----------------------------------------------------------------------===//
// Extents, types, reductions
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @broadcast
func.func @broadcast(%x: tensor<4x5xf32>, %r: tensor<1x5xf32>, %d: tensor<?x5xf32>)
    -> (tensor<4x5xf32>, tensor<4x5xf32>, tensor<?x5xf32>, tensor<4x5xf32>) {
  %a = norm.broadcast %x like %x : tensor<4x5xf32>, tensor<4x5xf32>
  // CHECK-NEXT: %b = norm.broadcast %arg1 like %arg0
  %b = norm.broadcast %r like %x : tensor<1x5xf32>, tensor<4x5xf32>
  // Both are `?`, which the op says are one extent.
  // CHECK-NEXT: %c = norm.broadcast %arg2 like %arg2
  %c = norm.broadcast %d like %d : tensor<?x5xf32>, tensor<?x5xf32>
  // CHECK-NEXT: %e = norm.broadcast %arg2 like %arg0
  %e = norm.broadcast %d like %x : tensor<?x5xf32>, tensor<4x5xf32>
  // CHECK-NEXT: return %arg0, %b, %c, %e
  return %a, %b, %c, %e : tensor<4x5xf32>, tensor<4x5xf32>, tensor<?x5xf32>, tensor<4x5xf32>
}

// Narrowing and widening again rounds.
// CHECK-LABEL: @cast
func.func @cast(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %a = norm.cast %x : tensor<4xf32> to f32
  // CHECK-NEXT: %b = norm.cast %arg0 : tensor<4xf32> to f16
  %b = norm.cast %x : tensor<4xf32> to f16
  // CHECK-NEXT: %c = norm.cast %b : tensor<4xf16> to f32
  %c = norm.cast %b : tensor<4xf16> to f32
  // CHECK-NEXT: return %arg0, %c
  return %a, %c : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: @reductions
func.func @reductions(%x: tensor<1x5xf32>, %e: tensor<?x5xf32>)
    -> (tensor<1x5xf32>, tensor<1x5xf32>, tensor<1x5xf32>, tensor<1x5xf32>, tensor<1x1xf32>, tensor<1x5xf32>) {
  %a = norm.sum %x over [0] : tensor<1x5xf32>
  %b = norm.mean %x over [0] : tensor<1x5xf32>
  %c = norm.max_over %x over [0] : tensor<1x5xf32>
  %d = norm.min_over %x over [0] : tensor<1x5xf32>
  // One of the axes varies.
  // CHECK-NEXT: %f = norm.sum %arg0 over [0, 1]
  %f = norm.sum %x over [0, 1] : tensor<1x5xf32>
  // `?` may be 0.
  // CHECK-NEXT: %g = norm.mean %arg1 over [0]
  %g = norm.mean %e over [0] : tensor<?x5xf32>
  // CHECK-NEXT: return %arg0, %arg0, %arg0, %arg0, %f, %g
  return %a, %b, %c, %d, %f, %g
      : tensor<1x5xf32>, tensor<1x5xf32>, tensor<1x5xf32>, tensor<1x5xf32>, tensor<1x1xf32>, tensor<1x5xf32>
}

//===----------------------------------------------------------------------===//
// Constants: combined where nothing is rounded
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @exact
func.func @exact() -> (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) {
  // CHECK-DAG: %[[SUM:.+]] = norm.constant 2.75
  // CHECK-DAG: %[[DIFFERENCE:.+]] = norm.constant 2.25
  // CHECK-DAG: %[[PRODUCT:.+]] = norm.constant 0.625
  // CHECK-DAG: %[[QUOTIENT:.+]] = norm.constant 10.0
  // CHECK-DAG: %[[SQUARE:.+]] = norm.constant 6.25
  // CHECK-DAG: %[[RECIPROCAL:.+]] = norm.constant 4.0
  %a = norm.constant 2.5 : tensor<1xf32>
  %b = norm.constant 0.25 : tensor<1xf32>
  %sum = norm.add %a, %b : tensor<1xf32>, tensor<1xf32>
  %difference = norm.sub %a, %b : tensor<1xf32>, tensor<1xf32>
  %product = norm.mul %a, %b : tensor<1xf32>, tensor<1xf32>
  %quotient = norm.div %a, %b : tensor<1xf32>, tensor<1xf32>
  %square = norm.square %a : tensor<1xf32>
  %reciprocal = norm.reciprocal %b : tensor<1xf32>
  // CHECK: return %[[SUM]], %[[DIFFERENCE]], %[[PRODUCT]], %[[QUOTIENT]], %[[SQUARE]], %[[RECIPROCAL]]
  return %sum, %difference, %product, %quotient, %square, %reciprocal
      : tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>
}

// CHECK-LABEL: @exact_signs
func.func @exact_signs() -> (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) {
  // CHECK-DAG: %[[NEG:.+]] = norm.constant 0.1 :
  // CHECK-DAG: %[[ZERO:.+]] = norm.constant -0.0 :
  %a = norm.constant -0.1 : tensor<1xf32>
  %z = norm.constant 0.0 : tensor<1xf32>
  %neg = norm.neg %a : tensor<1xf32>
  %abs = norm.abs %a : tensor<1xf32>
  %zero = norm.neg %z : tensor<1xf32>
  // CHECK: return %[[NEG]], %[[NEG]], %[[ZERO]]
  return %neg, %abs, %zero : tensor<1xf32>, tensor<1xf32>, tensor<1xf32>
}

// What rounds, overflows or divides by 0 is left to the device; transcendentals always.
// CHECK-LABEL: @inexact
func.func @inexact() -> (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>,
                         tensor<1xf32>) {
  %three = norm.constant 3.0 : tensor<1xf32>
  %tenth = norm.constant 0.1 : tensor<1xf32>
  %large = norm.constant 3.0e38 : tensor<1xf32>
  %zero = norm.constant 0.0 : tensor<1xf32>
  // CHECK: %a = norm.reciprocal %three
  %a = norm.reciprocal %three : tensor<1xf32>
  // CHECK-NEXT: %b = norm.add %three, %tenth
  %b = norm.add %three, %tenth : tensor<1xf32>, tensor<1xf32>
  // CHECK-NEXT: %c = norm.square %tenth
  %c = norm.square %tenth : tensor<1xf32>
  // CHECK-NEXT: %d = norm.mul %large, %large
  %d = norm.mul %large, %large : tensor<1xf32>, tensor<1xf32>
  // CHECK-NEXT: %e = norm.div %three, %zero
  %e = norm.div %three, %zero : tensor<1xf32>, tensor<1xf32>
  // CHECK-NEXT: %f = norm.exp %zero
  %f = norm.exp %zero : tensor<1xf32>
  // CHECK-NEXT: %g = norm.sqrt %zero
  %g = norm.sqrt %zero : tensor<1xf32>
  return %a, %b, %c, %d, %e, %f, %g
      : tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>
}

// NaN keeps its bits.
// CHECK-LABEL: @nan
func.func @nan() -> (tensor<1xf32>, tensor<1xf32>) {
  %nan = norm.constant 0x7FC00000 : tensor<1xf32>
  %two = norm.constant 2.0 : tensor<1xf32>
  // CHECK: norm.neg %nan
  %a = norm.neg %nan : tensor<1xf32>
  // CHECK-NEXT: norm.mul %two, %nan
  %b = norm.mul %two, %nan : tensor<1xf32>, tensor<1xf32>
  return %a, %b : tensor<1xf32>, tensor<1xf32>
}
