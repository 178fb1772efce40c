// Replaces each gradient by its joint function: the arguments and a cotangent for each result, the results and the gradients.
// RUN: normc-opt %s --differentiate | FileCheck %s
// Nothing but gradients changes, and the result is a graph again.
// RUN: normc-opt %s --differentiate --verify-graph | FileCheck %s --check-prefix=GRAPH
// GRAPH: func.func @chain(
// GRAPH-NOT: norm.gradient @

//===----------------------------------------------------------------------===//
// The walk
//===----------------------------------------------------------------------===//

// The adjoint of a value is named after it, with a d before, and is the sum of what its uses contribute; gradients come in
// the order of wrt. An operand that does not vary along an axis has its adjoint summed there.
func.func @chain(%x: tensor<?x4xf32>, %g: tensor<1x4xf32>) -> tensor<?x4xf32> {
  %mu = norm.mean %x over [0] : tensor<?x4xf32>
  %xmu = norm.sub %x, %mu : tensor<?x4xf32>, tensor<1x4xf32>
  %xhat = norm.mul %xmu, %g : tensor<?x4xf32>, tensor<1x4xf32>
  %y = norm.mul %xhat, %xhat : tensor<?x4xf32>, tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
norm.gradient @chain_grad of @chain wrt [1, 0]
// CHECK-LABEL: @chain_grad(
// CHECK-SAME: %arg0: tensor<?x4xf32>, %arg1: tensor<1x4xf32>, %arg2: tensor<?x4xf32> {norm.cotangent = 0 : i64}) ->
// CHECK-SAME: (tensor<?x4xf32> {norm.name = "y"}, tensor<1x4xf32> {norm.gradient = 0 : i64, norm.name = "darg1"},
// CHECK-SAME: tensor<?x4xf32> {norm.gradient = 1 : i64, norm.name = "darg0"})
// CHECK-SAME: attributes {norm.save = "auto"}
// CHECK: %y = norm.mul %xhat, %xhat
// CHECK-NEXT: %dxhat_1 = norm.mul %xhat, %arg2
// CHECK-NEXT: %dxhat_2 = norm.mul %xhat, %arg2
// CHECK-NEXT: %dxhat = norm.add %dxhat_1, %dxhat_2
// CHECK-NEXT: %dxmu = norm.mul %arg1, %dxhat
// CHECK-NEXT: %[[DG:.+]] = norm.mul %xmu, %dxhat
// CHECK-NEXT: %darg1 = norm.sum %[[DG]] over [0]
// CHECK-NEXT: %[[NEG:.+]] = norm.neg %dxmu
// CHECK-NEXT: %dmu = norm.sum %[[NEG]] over [0]
// CHECK-NEXT: %[[N:.+]] = norm.count %arg0 over [0] : tensor<?x4xf32> to f32
// CHECK-NEXT: %[[SHARE:.+]] = norm.div %dmu, %[[N]]
// CHECK-NEXT: %darg0_2 = norm.broadcast %[[SHARE]] like %arg0
// CHECK-NEXT: %darg0 = norm.add %dxmu, %darg0_2
// CHECK-NEXT: return %y, %darg1, %darg0

// Results that are an argument, a constant, the same value twice. An integer result has no cotangent.
func.func @results(%x: tensor<8x4xf32>, %i: tensor<8x4xi32>)
    -> (tensor<8x4xf32>, tensor<8x4xi32>, tensor<1x1xf32>, tensor<8x4xf32>, tensor<8x4xf32>, tensor<8x4xf32>) {
  %c = norm.constant 2.0 : tensor<1x1xf32>
  %y = norm.exp %x : tensor<8x4xf32>
  return %x, %i, %c, %y, %y, %x
      : tensor<8x4xf32>, tensor<8x4xi32>, tensor<1x1xf32>, tensor<8x4xf32>, tensor<8x4xf32>, tensor<8x4xf32>
}
norm.gradient @results_grad of @results wrt [0]
// CHECK-LABEL: @results_grad(
// CHECK-SAME: %arg2: tensor<8x4xf32> {norm.cotangent = 0 : i64}, %arg3: tensor<1x1xf32> {norm.cotangent = 1 : i64},
// CHECK-SAME: %arg4: tensor<8x4xf32> {norm.cotangent = 2 : i64}, %arg5: tensor<8x4xf32> {norm.cotangent = 3 : i64},
// CHECK-SAME: %arg6: tensor<8x4xf32> {norm.cotangent = 4 : i64})
// CHECK-SAME: norm.name = "result0"{{.*}}norm.name = "c"{{.*}}norm.name = "y"{{.*}}norm.name = "y"
// CHECK: %dy = norm.add %arg4, %arg5
// CHECK-NEXT: %darg0_3 = norm.mul %y, %dy
// CHECK-NEXT: %[[SUM:.+]] = norm.add %arg2, %arg6
// CHECK-NEXT: %darg0 = norm.add %[[SUM]], %darg0_3
// CHECK-NEXT: return %arg0, %arg1, %c, %y, %y, %arg0, %darg0

// An argument that influences no result has a zero gradient, of its own type and extents.
func.func @unused(%x: tensor<8x4xf32>, %u: tensor<?x4xf64>) -> tensor<8x4xf32> {
  %y = norm.exp %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @unused_grad of @unused wrt [1]
// CHECK-LABEL: @unused_grad(
// CHECK: %y = norm.exp %arg0
// CHECK-NEXT: %[[ZERO:.+]] = norm.constant 0.0 : tensor<1x1xf64>
// CHECK-NEXT: %darg1 = norm.broadcast %[[ZERO]] like %arg1
// CHECK-NEXT: return %y, %darg1 : tensor<8x4xf32>, tensor<?x4xf64>

// What no argument of wrt influences has no adjoint.
func.func @uninteresting(%x: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> {
  %e = norm.exp %w : tensor<4xf32>
  %l = norm.log %e : tensor<4xf32>
  %y = norm.mul %x, %l : tensor<4xf32>, tensor<4xf32>
  return %y : tensor<4xf32>
}
norm.gradient @uninteresting_grad of @uninteresting wrt [0]
// CHECK-LABEL: @uninteresting_grad(
// CHECK: %y = norm.mul
// CHECK-NEXT: %darg0 = norm.mul %l, %arg2
// CHECK-NEXT: return %y, %darg0

// State takes no cotangent, and no gradient flows through it.
func.func @state(%x: tensor<8x4xf32>, %r: tensor<1x4xf32>)
    -> (tensor<8x4xf32>, tensor<1x4xf32> {norm.updates = 1 : i64}) {
  %mu = norm.mean %x over [0] : tensor<8x4xf32>
  %y = norm.exp %x : tensor<8x4xf32>
  %new = norm.add %r, %mu : tensor<1x4xf32>, tensor<1x4xf32>
  return %y, %new : tensor<8x4xf32>, tensor<1x4xf32>
}
norm.gradient @state_grad of @state wrt [0, 1]
// CHECK-LABEL: @state_grad(
// CHECK-SAME: %arg2: tensor<8x4xf32> {norm.cotangent = 0 : i64}) -> (
// CHECK-SAME: tensor<1x4xf32> {norm.name = "new", norm.updates = 1 : i64}
// CHECK: %new = norm.add
// CHECK-NEXT: %darg0 = norm.mul %y, %arg2
// CHECK-NEXT: %[[ZERO:.+]] = norm.constant 0.0
// CHECK-NEXT: %darg1 = norm.broadcast %[[ZERO]] like %arg1
// CHECK-NEXT: return %y, %new, %darg0, %darg1

// `?` that has met 8: the adjoint has its value's type.
func.func @agree(%x: tensor<?x4xf32>, %s: tensor<8x1xf32>) -> tensor<8x4xf32> {
  %y = norm.add %x, %s : tensor<?x4xf32>, tensor<8x1xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @agree_grad of @agree wrt [0, 1]
// CHECK-LABEL: @agree_grad(
// CHECK: %y = norm.add
// CHECK-NEXT: %darg0 = norm.broadcast %arg2 like %arg0 : tensor<8x4xf32>, tensor<?x4xf32>
// CHECK-NEXT: %darg1 = norm.sum %arg2 over [1]
// CHECK-NEXT: return %y, %darg0, %darg1 : tensor<8x4xf32>, tensor<?x4xf32>, tensor<8x1xf32>

// A cotangent is sharded as its result is.
func.func @sharded(%x: tensor<8x4xf32> {norm.shard = 0 : i64}, %g: tensor<1x4xf32> {norm.partial})
    -> (tensor<8x4xf32>, tensor<1x4xf32>) {
  %y = norm.mul %x, %g : tensor<8x4xf32>, tensor<1x4xf32>
  %s = norm.sum %x over [0] : tensor<8x4xf32>
  return %y, %s : tensor<8x4xf32>, tensor<1x4xf32>
}
norm.gradient @sharded_grad of @sharded wrt [0, 1]
// CHECK-LABEL: @sharded_grad(
// CHECK-SAME: %arg0: tensor<8x4xf32> {norm.shard = 0 : i64}, %arg1: tensor<1x4xf32> {norm.partial},
// CHECK-SAME: %arg2: tensor<8x4xf32> {norm.cotangent = 0 : i64, norm.shard = 0 : i64}, %arg3: tensor<1x4xf32> {norm.cotangent = 1 : i64})
// CHECK-SAME: tensor<8x4xf32> {norm.gradient = 0 : i64, norm.name = "darg0"}, tensor<1x4xf32> {norm.gradient = 1 : i64, norm.name = "darg1", norm.share})

// A gradient of a gradient, which may be written before it: the first cotangent is a plain argument, the first gradient a
// plain result with a cotangent of its own.
norm.gradient @second of @first wrt [0, 1] {save = "all"}
func.func @cube(%x: tensor<4xf32>) -> tensor<4xf32> {
  %sq = norm.square %x : tensor<4xf32>
  %y = norm.mul %sq, %x : tensor<4xf32>, tensor<4xf32>
  return %y : tensor<4xf32>
}
norm.gradient @first of @cube wrt [0]
// CHECK-LABEL: @second(
// CHECK-SAME: %arg0: tensor<4xf32>, %arg1: tensor<4xf32>, %arg2: tensor<4xf32> {norm.cotangent = 0 : i64}, %arg3: tensor<4xf32> {norm.cotangent = 1 : i64})
// CHECK-SAME: -> (tensor<4xf32> {norm.name = "y"}, tensor<4xf32> {norm.name = "darg0"},
// CHECK-SAME: tensor<4xf32> {norm.gradient = 0 : i64, norm.name = "darg0"}, tensor<4xf32> {norm.gradient = 1 : i64, norm.name = "ddy"})
// CHECK-SAME: attributes {norm.save = "all"}
// CHECK: %darg0 = norm.add %darg0_1, %darg0_2
// CHECK: %ddsq =
// CHECK: %[[DX:darg0_.+]] = norm.add
// CHECK-NEXT: %ddy = norm.add %ddy_1, %ddy_2
// CHECK-NEXT: return %y, %darg0, %[[DX]], %ddy
// CHECK-LABEL: @first(

//===----------------------------------------------------------------------===//
// Elementwise, one operand
//===----------------------------------------------------------------------===//

// dx = -dy
func.func @neg(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %y = norm.neg %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @neg_grad of @neg wrt [0]
// CHECK-LABEL: @neg_grad(
// CHECK: %y = norm.neg %arg0
// CHECK-NEXT: %darg0 = norm.neg %arg1

// dx = dy sign(x)
func.func @abs(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %y = norm.abs %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @abs_grad of @abs wrt [0]
// CHECK-LABEL: @abs_grad(
// CHECK: %y = norm.abs %arg0
// CHECK-NEXT: %[[SIGN:.+]] = norm.sign %arg0
// CHECK-NEXT: %darg0 = norm.mul %arg1, %[[SIGN]]

// dx = 0
func.func @sign(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %y = norm.sign %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @sign_grad of @sign wrt [0]
// CHECK-LABEL: @sign_grad(
// CHECK: %y = norm.sign %arg0
// CHECK-NEXT: %[[ZERO:.+]] = norm.constant 0.0
// CHECK-NEXT: %darg0 = norm.broadcast %[[ZERO]] like %arg0

// dx = 2 x dy
func.func @square(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %y = norm.square %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @square_grad of @square wrt [0]
// CHECK-LABEL: @square_grad(
// CHECK: %y = norm.square %arg0
// CHECK-NEXT: %[[TWO:.+]] = norm.constant 2.0
// CHECK-NEXT: %[[SLOPE:.+]] = norm.mul %[[TWO]], %arg0
// CHECK-NEXT: %darg0 = norm.mul %[[SLOPE]], %arg1

// dx = dy / (2 y)
func.func @sqrt(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %y = norm.sqrt %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @sqrt_grad of @sqrt wrt [0]
// CHECK-LABEL: @sqrt_grad(
// CHECK: %y = norm.sqrt %arg0
// CHECK-NEXT: %[[TWO:.+]] = norm.constant 2.0
// CHECK-NEXT: %[[TWICE:.+]] = norm.mul %[[TWO]], %y
// CHECK-NEXT: %darg0 = norm.div %arg1, %[[TWICE]]

// dx = -1/2 y^3 dy
func.func @rsqrt(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %y = norm.rsqrt %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @rsqrt_grad of @rsqrt wrt [0]
// CHECK-LABEL: @rsqrt_grad(
// CHECK: %y = norm.rsqrt %arg0
// CHECK-DAG: %[[SQUARE:.+]] = norm.square %y
// CHECK-DAG: %[[CUBE:.+]] = norm.mul %[[SQUARE]], %y
// CHECK-DAG: %[[HALF:.+]] = norm.constant -0.5
// CHECK-DAG: %[[SLOPE:.+]] = norm.mul %[[HALF]], %[[CUBE]]
// CHECK: %darg0 = norm.mul %[[SLOPE]], %arg1

// dx = -y^2 dy
func.func @reciprocal(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %y = norm.reciprocal %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @reciprocal_grad of @reciprocal wrt [0]
// CHECK-LABEL: @reciprocal_grad(
// CHECK: %y = norm.reciprocal %arg0
// CHECK-NEXT: %[[SQUARE:.+]] = norm.square %y
// CHECK-NEXT: %[[PRODUCT:.+]] = norm.mul %[[SQUARE]], %arg1
// CHECK-NEXT: %darg0 = norm.neg %[[PRODUCT]]

// dx = y dy
func.func @exp(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %y = norm.exp %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @exp_grad of @exp wrt [0]
// CHECK-LABEL: @exp_grad(
// CHECK: %y = norm.exp %arg0
// CHECK-NEXT: %darg0 = norm.mul %y, %arg1

// dx = dy / x
func.func @log(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %y = norm.log %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @log_grad of @log wrt [0]
// CHECK-LABEL: @log_grad(
// CHECK: %y = norm.log %arg0
// CHECK-NEXT: %darg0 = norm.div %arg1, %arg0

// dx = (1 - y^2) dy
func.func @tanh(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %y = norm.tanh %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @tanh_grad of @tanh wrt [0]
// CHECK-LABEL: @tanh_grad(
// CHECK: %y = norm.tanh %arg0
// CHECK-DAG: %[[ONE:.+]] = norm.constant 1.0
// CHECK-DAG: %[[SQUARE:.+]] = norm.square %y
// CHECK-DAG: %[[SLOPE:.+]] = norm.sub %[[ONE]], %[[SQUARE]]
// CHECK: %darg0 = norm.mul %[[SLOPE]], %arg1

// dx = y (1 - y) dy
func.func @sigmoid(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %y = norm.sigmoid %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @sigmoid_grad of @sigmoid wrt [0]
// CHECK-LABEL: @sigmoid_grad(
// CHECK: %y = norm.sigmoid %arg0
// CHECK-NEXT: %[[ONE:.+]] = norm.constant 1.0
// CHECK-NEXT: %[[REST:.+]] = norm.sub %[[ONE]], %y
// CHECK-NEXT: %[[SLOPE:.+]] = norm.mul %y, %[[REST]]
// CHECK-NEXT: %darg0 = norm.mul %[[SLOPE]], %arg1

// dx = 2/sqrt(pi) e^(-x^2) dy
func.func @erf(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %y = norm.erf %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @erf_grad of @erf wrt [0]
// CHECK-LABEL: @erf_grad(
// CHECK: %y = norm.erf %arg0
// CHECK-DAG: %[[SQUARE:.+]] = norm.square %arg0
// CHECK-DAG: %[[NEG:.+]] = norm.neg %[[SQUARE]]
// CHECK-DAG: %[[EXP:.+]] = norm.exp %[[NEG]]
// CHECK-DAG: norm.constant 1.128379
// CHECK: %[[SLOPE:.+]] = norm.mul %{{.+}}, %[[EXP]]
// CHECK-NEXT: %darg0 = norm.mul %[[SLOPE]], %arg1

//===----------------------------------------------------------------------===//
// Elementwise, two operands: the second does not vary along axis 0
//===----------------------------------------------------------------------===//

// da = dy, db = dy
func.func @add(%a: tensor<8x4xf32>, %b: tensor<1x4xf32>) -> tensor<8x4xf32> {
  %y = norm.add %a, %b : tensor<8x4xf32>, tensor<1x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @add_grad of @add wrt [0, 1]
// CHECK-LABEL: @add_grad(
// CHECK: %y = norm.add %arg0, %arg1
// CHECK-NEXT: %darg1 = norm.sum %arg2 over [0]
// CHECK-NEXT: return %y, %arg2, %darg1

// da = dy, db = -dy
func.func @sub(%a: tensor<8x4xf32>, %b: tensor<1x4xf32>) -> tensor<8x4xf32> {
  %y = norm.sub %a, %b : tensor<8x4xf32>, tensor<1x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @sub_grad of @sub wrt [0, 1]
// CHECK-LABEL: @sub_grad(
// CHECK: %y = norm.sub %arg0, %arg1
// CHECK-NEXT: %[[NEG:.+]] = norm.neg %arg2
// CHECK-NEXT: %darg1 = norm.sum %[[NEG]] over [0]
// CHECK-NEXT: return %y, %arg2, %darg1

// da = b dy, db = a dy
func.func @mul(%a: tensor<8x4xf32>, %b: tensor<1x4xf32>) -> tensor<8x4xf32> {
  %y = norm.mul %a, %b : tensor<8x4xf32>, tensor<1x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @mul_grad of @mul wrt [0, 1]
// CHECK-LABEL: @mul_grad(
// CHECK: %y = norm.mul %arg0, %arg1
// CHECK-NEXT: %darg0 = norm.mul %arg1, %arg2
// CHECK-NEXT: %[[DB:.+]] = norm.mul %arg0, %arg2
// CHECK-NEXT: %darg1 = norm.sum %[[DB]] over [0]
// CHECK-NEXT: return %y, %darg0, %darg1

// da = dy / b, db = -y dy / b
func.func @div(%a: tensor<8x4xf32>, %b: tensor<1x4xf32>) -> tensor<8x4xf32> {
  %y = norm.div %a, %b : tensor<8x4xf32>, tensor<1x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @div_grad of @div wrt [0, 1]
// CHECK-LABEL: @div_grad(
// CHECK: %y = norm.div %arg0, %arg1
// CHECK-NEXT: %darg0 = norm.div %arg2, %arg1
// CHECK-NEXT: %[[PRODUCT:.+]] = norm.mul %y, %arg2
// CHECK-NEXT: %[[QUOTIENT:.+]] = norm.div %[[PRODUCT]], %arg1
// CHECK-NEXT: %[[DB:.+]] = norm.neg %[[QUOTIENT]]
// CHECK-NEXT: %darg1 = norm.sum %[[DB]] over [0]

// da = dy [a > b] + dy/2 [a = b], db = dy [b > a] + dy/2 [a = b]
func.func @max(%a: tensor<8x4xf32>, %b: tensor<1x4xf32>) -> tensor<8x4xf32> {
  %y = norm.max %a, %b : tensor<8x4xf32>, tensor<1x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @max_grad of @max wrt [0, 1]
// CHECK-LABEL: @max_grad(
// CHECK: %y = norm.max %arg0, %arg1
// CHECK-DAG: %[[ZERO:.+]] = norm.constant 0.0
// CHECK-DAG: %[[HALF:.+]] = norm.constant 0.5
// CHECK-DAG: %[[SHARED:.+]] = norm.mul %[[HALF]], %arg2
// CHECK-DAG: %[[TIE:.+]] = norm.compare eq %arg0, %arg1
// CHECK-DAG: %[[REST:.+]] = norm.select %[[TIE]], %[[SHARED]], %[[ZERO]]
// CHECK-DAG: %[[WINS:.+]] = norm.compare gt %arg0, %arg1
// CHECK: %darg0 = norm.select %[[WINS]], %arg2, %[[REST]]
// CHECK: %[[WINS1:.+]] = norm.compare gt %arg1, %arg0
// CHECK-NEXT: %[[DB:.+]] = norm.select %[[WINS1]], %arg2,
// CHECK-NEXT: %darg1 = norm.sum %[[DB]] over [0]

// da = dy [a < b] + dy/2 [a = b], db = dy [b < a] + dy/2 [a = b]
func.func @min(%a: tensor<8x4xf32>, %b: tensor<1x4xf32>) -> tensor<8x4xf32> {
  %y = norm.min %a, %b : tensor<8x4xf32>, tensor<1x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @min_grad of @min wrt [0, 1]
// CHECK-LABEL: @min_grad(
// CHECK: %y = norm.min %arg0, %arg1
// CHECK-DAG: %[[ZERO:.+]] = norm.constant 0.0
// CHECK-DAG: %[[HALF:.+]] = norm.constant 0.5
// CHECK-DAG: %[[SHARED:.+]] = norm.mul %[[HALF]], %arg2
// CHECK-DAG: %[[TIE:.+]] = norm.compare eq %arg0, %arg1
// CHECK-DAG: %[[REST:.+]] = norm.select %[[TIE]], %[[SHARED]], %[[ZERO]]
// CHECK-DAG: %[[WINS:.+]] = norm.compare lt %arg0, %arg1
// CHECK: %darg0 = norm.select %[[WINS]], %arg2, %[[REST]]
// CHECK: %[[WINS1:.+]] = norm.compare lt %arg1, %arg0
// CHECK-NEXT: %[[DB:.+]] = norm.select %[[WINS1]], %arg2,
// CHECK-NEXT: %darg1 = norm.sum %[[DB]] over [0]

// da = b a^(b - 1) dy, 0 where b = 0; db = y log(a) dy, 0 where a = 0 and b >= 0
func.func @pow(%a: tensor<8x4xf32>, %b: tensor<1x4xf32>) -> tensor<8x4xf32> {
  %y = norm.pow %a, %b : tensor<8x4xf32>, tensor<1x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @pow_grad of @pow wrt [0, 1]
// CHECK-LABEL: @pow_grad(
// CHECK: %y = norm.pow %arg0, %arg1
// CHECK-DAG: %[[ZERO:.+]] = norm.constant 0.0
// CHECK-DAG: %[[ONE:.+]] = norm.constant 1.0
// CHECK-DAG: %[[LESS:.+]] = norm.sub %arg1, %[[ONE]]
// CHECK-DAG: %[[POWER:.+]] = norm.pow %arg0, %[[LESS]]
// CHECK-DAG: %[[SLOPE:.+]] = norm.mul %arg1, %[[POWER]]
// CHECK-DAG: %[[FLAT:.+]] = norm.compare eq %arg1, %[[ZERO]]
// CHECK-DAG: %[[DA:.+]] = norm.select %[[FLAT]], %[[ZERO]], %[[SLOPE]]
// CHECK: %darg0 = norm.mul %[[DA]], %arg2
// CHECK-DAG: %[[LOG:.+]] = norm.log %arg0
// CHECK-DAG: %[[RATE:.+]] = norm.mul %y, %[[LOG]]
// CHECK-DAG: %[[ZERO1:.+]] = norm.constant 0.0
// CHECK-DAG: %[[GROWS:.+]] = norm.compare ge %arg1, %[[ZERO1]]
// CHECK-DAG: %[[LIMIT:.+]] = norm.select %[[GROWS]], %[[ZERO1]], %[[RATE]]
// CHECK-DAG: %[[AT0:.+]] = norm.compare eq %arg0, %[[ZERO1]]
// CHECK: %[[CHOICE:.+]] = norm.select %[[AT0]], %[[LIMIT]], %[[RATE]]
// CHECK-NEXT: %[[DB:.+]] = norm.mul %[[CHOICE]], %arg2
// CHECK-NEXT: %darg1 = norm.sum %[[DB]] over [0]

// A constant exponent is known not to be 0.
func.func @cube_by_pow(%a: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %b = norm.constant 3.0 : tensor<1x1xf32>
  %y = norm.pow %a, %b : tensor<8x4xf32>, tensor<1x1xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @cube_by_pow_grad of @cube_by_pow wrt [0]
// CHECK-LABEL: @cube_by_pow_grad(
// CHECK-NOT: norm.select
// CHECK: %[[LESS:.+]] = norm.sub %b,
// CHECK-NEXT: %[[POWER:.+]] = norm.pow %arg0, %[[LESS]]
// CHECK-NEXT: %[[SLOPE:.+]] = norm.mul %b, %[[POWER]]
// CHECK-NEXT: %darg0 = norm.mul %[[SLOPE]], %arg1

// a^0 = 1, also where a^(-1) is infinite.
func.func @pow_zero(%a: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %b = norm.constant 0.0 : tensor<1x1xf32>
  %y = norm.pow %a, %b : tensor<8x4xf32>, tensor<1x1xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @pow_zero_grad of @pow_zero wrt [0]
// CHECK-LABEL: @pow_zero_grad(
// CHECK: %darg0 = norm.broadcast %{{.+}} like %arg0
// CHECK-NEXT: return %y, %darg0

//===----------------------------------------------------------------------===//
// Choice
//===----------------------------------------------------------------------===//

// da = c ? dy : 0, db = c ? 0 : dy
func.func @select(%c: tensor<8x1xi1>, %a: tensor<8x4xf32>, %b: tensor<1x4xf32>) -> tensor<8x4xf32> {
  %y = norm.select %c, %a, %b : tensor<8x1xi1>, tensor<8x4xf32>, tensor<1x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @select_grad of @select wrt [1, 2]
// CHECK-LABEL: @select_grad(
// CHECK: %[[ZERO:.+]] = norm.constant 0.0
// CHECK-NEXT: %darg1 = norm.select %arg0, %arg3, %[[ZERO]]
// CHECK-NEXT: %[[ZERO1:.+]] = norm.constant 0.0
// CHECK-NEXT: %[[DB:.+]] = norm.select %arg0, %[[ZERO1]], %arg3
// CHECK-NEXT: %darg2 = norm.sum %[[DB]] over [0]

// A mask carries no adjoint.
func.func @compare(%a: tensor<8x4xf32>, %b: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %c = norm.compare lt %a, %b : tensor<8x4xf32>, tensor<8x4xf32>
  %y = norm.select %c, %b, %b : tensor<8x4xi1>, tensor<8x4xf32>, tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @compare_grad of @compare wrt [0]
// CHECK-LABEL: @compare_grad(
// CHECK: %y = norm.select
// CHECK-NEXT: %[[ZERO:.+]] = norm.constant 0.0
// CHECK-NEXT: %darg0 = norm.broadcast %[[ZERO]] like %arg0

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

// dx = dy, repeated
func.func @sum(%x: tensor<8x4xf32>) -> tensor<8x1xf32> {
  %y = norm.sum %x over [1] : tensor<8x4xf32>
  return %y : tensor<8x1xf32>
}
norm.gradient @sum_grad of @sum wrt [0]
// CHECK-LABEL: @sum_grad(
// CHECK: %y = norm.sum %arg0 over [1]
// CHECK-NEXT: %darg0 = norm.broadcast %arg1 like %arg0

// dx = dy / n, repeated; n is counted, as it may be known at run time only
func.func @mean(%x: tensor<8x4xf32>) -> tensor<8x1xf32> {
  %y = norm.mean %x over [1] : tensor<8x4xf32>
  return %y : tensor<8x1xf32>
}
norm.gradient @mean_grad of @mean wrt [0]
// CHECK-LABEL: @mean_grad(
// CHECK: %y = norm.mean %arg0 over [1]
// CHECK-NEXT: %[[N:.+]] = norm.count %arg0 over [1] : tensor<8x4xf32> to f32
// CHECK-NEXT: %[[SHARE:.+]] = norm.div %arg1, %[[N]]
// CHECK-NEXT: %darg0 = norm.broadcast %[[SHARE]] like %arg0

// dx = dy / t where x = y, else 0; t the number of such positions
func.func @max_over(%x: tensor<8x4xf32>) -> tensor<8x1xf32> {
  %y = norm.max_over %x over [1] : tensor<8x4xf32>
  return %y : tensor<8x1xf32>
}
norm.gradient @max_over_grad of @max_over wrt [0]
// CHECK-LABEL: @max_over_grad(
// CHECK: %y = norm.max_over %arg0 over [1]
// CHECK-NEXT: %[[HIT:.+]] = norm.compare eq %arg0, %y
// CHECK-DAG: %[[ONE:.+]] = norm.constant 1.0
// CHECK-DAG: %[[ZERO:.+]] = norm.constant 0.0
// CHECK-DAG: %[[ONES:.+]] = norm.select %[[HIT]], %[[ONE]], %[[ZERO]]
// CHECK-DAG: %[[TIES:.+]] = norm.sum %[[ONES]] over [1]
// CHECK-DAG: %[[SHARE:.+]] = norm.div %arg1, %[[TIES]]
// CHECK: %darg0 = norm.select %[[HIT]], %[[SHARE]], %{{.+}}

// dx = dy / t where x = y, else 0; t the number of such positions
func.func @min_over(%x: tensor<8x4xf32>) -> tensor<8x1xf32> {
  %y = norm.min_over %x over [1] : tensor<8x4xf32>
  return %y : tensor<8x1xf32>
}
norm.gradient @min_over_grad of @min_over wrt [0]
// CHECK-LABEL: @min_over_grad(
// CHECK: %y = norm.min_over %arg0 over [1]
// CHECK-NEXT: %[[HIT:.+]] = norm.compare eq %arg0, %y
// CHECK-DAG: %[[ONE:.+]] = norm.constant 1.0
// CHECK-DAG: %[[ZERO:.+]] = norm.constant 0.0
// CHECK-DAG: %[[ONES:.+]] = norm.select %[[HIT]], %[[ONE]], %[[ZERO]]
// CHECK-DAG: %[[TIES:.+]] = norm.sum %[[ONES]] over [1]
// CHECK-DAG: %[[SHARE:.+]] = norm.div %arg1, %[[TIES]]
// CHECK: %darg0 = norm.select %[[HIT]], %[[SHARE]], %{{.+}}

//===----------------------------------------------------------------------===//
// Extents and types
//===----------------------------------------------------------------------===//

// da is the sum of dy; of the other operand only the extents are read.
func.func @broadcast(%a: tensor<1x4xf32>, %x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %y = norm.broadcast %a like %x : tensor<1x4xf32>, tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @broadcast_grad of @broadcast wrt [0, 1]
// CHECK-LABEL: @broadcast_grad(
// CHECK: %darg0 = norm.sum %arg2 over [0]
// CHECK-NEXT: %[[ZERO:.+]] = norm.constant 0.0
// CHECK-NEXT: %darg1 = norm.broadcast %[[ZERO]] like %arg1

// Positions and counts carry no adjoint.
func.func @extents(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %i = norm.index 1 of %x : tensor<8x4xf32> to f32
  %n = norm.count %x over [0] : tensor<8x4xf32> to f32
  %y = norm.mul %i, %n : tensor<1x4xf32>, tensor<1x1xf32>
  %z = norm.broadcast %y like %x : tensor<1x4xf32>, tensor<8x4xf32>
  return %z : tensor<8x4xf32>
}
norm.gradient @extents_grad of @extents wrt [0]
// CHECK-LABEL: @extents_grad(
// CHECK: %z = norm.broadcast
// CHECK-NEXT: %[[ZERO:.+]] = norm.constant 0.0
// CHECK-NEXT: %darg0 = norm.broadcast %[[ZERO]] like %arg0

// dx = dy, cast back
func.func @cast(%x: tensor<8x4xf16>) -> tensor<8x4xf32> {
  %y = norm.cast %x : tensor<8x4xf16> to f32
  return %y : tensor<8x4xf32>
}
norm.gradient @cast_grad of @cast wrt [0]
// CHECK-LABEL: @cast_grad(
// CHECK: %darg0 = norm.cast %arg1 : tensor<8x4xf32> to f16

// Through an integer nothing flows.
func.func @cast_to_integer(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %i = norm.cast %x : tensor<8x4xf32> to i32
  %y = norm.cast %i : tensor<8x4xi32> to f32
  return %y : tensor<8x4xf32>
}
norm.gradient @cast_to_integer_grad of @cast_to_integer wrt [0]
// CHECK-LABEL: @cast_to_integer_grad(
// CHECK: %y = norm.cast %i
// CHECK-NEXT: %[[ZERO:.+]] = norm.constant 0.0
// CHECK-NEXT: %darg0 = norm.broadcast %[[ZERO]] like %arg0
