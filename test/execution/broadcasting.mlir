// An extent of 1 does not vary: outer products of two and of three vectors, reductions of them, and their adjoints, which sum
// over the axes along which an operand did not vary.

// RUN: %python %S/check_agreement.py %s %t --sizes 0=5 1=6 2=7 --types f32 f64 f16 bf16

!a = tensor<?x1x1xf32>
!b = tensor<1x6x1xf32>
!c = tensor<1x1x?xf32>

func.func @outer2(%a: !a, %b: !b) -> (tensor<?x6x1xf32>, tensor<?x6x1xf32>, tensor<?x6x1xf32>) {
  %sum      = norm.add %a, %b : !a, !b
  %product  = norm.mul %a, %b : !a, !b
  %largest  = norm.max %a, %b : !a, !b
  return %sum, %product, %largest : tensor<?x6x1xf32>, tensor<?x6x1xf32>, tensor<?x6x1xf32>
}
norm.gradient @outer2_grad of @outer2 wrt [0, 1]

func.func @outer3(%a: !a, %b: !b, %c: !c) -> tensor<?x6x?xf32> {
  %ab  = norm.mul %a, %b : !a, !b
  %abc = norm.mul %ab, %c : tensor<?x6x1xf32>, !c
  %y   = norm.tanh %abc : tensor<?x6x?xf32>
  return %y : tensor<?x6x?xf32>
}
norm.gradient @outer3_grad of @outer3 wrt [0, 1, 2]

func.func @select3(%a: !a, %b: !b, %c: !c) -> tensor<?x6x?xf32> {
  %on = norm.compare lt %a, %c : !a, !c
  %y  = norm.select %on, %b, %c : tensor<?x1x?xi1>, !b, !c
  return %y : tensor<?x6x?xf32>
}
norm.gradient @select3_grad of @select3 wrt [0, 1, 2]

// A reduction over an axis along which the operand does not vary is over one element.
func.func @reduce_ones(%a: !a) -> (!a, !a, !a) {
  %s = norm.sum %a over [1] : !a
  %m = norm.mean %a over [1, 2] : !a
  %x = norm.max_over %a over [2] : !a
  return %s, %m, %x : !a, !a, !a
}
norm.gradient @reduce_ones_grad of @reduce_ones wrt [0]

// The count is of the operand, not of what it will be broadcast to.
func.func @mean_then_outer(%a: !a, %b: !b) -> tensor<1x6x1xf32> {
  %m = norm.mean %a over [0] : !a
  %y = norm.mul %m, %b : tensor<1x1x1xf32>, !b
  return %y : tensor<1x6x1xf32>
}
norm.gradient @mean_then_outer_grad of @mean_then_outer wrt [0, 1]

func.func @broadcast(%a: !a, %x: tensor<?x6x?xf32>) -> tensor<?x6x?xf32> {
  %y = norm.broadcast %a like %x : !a, tensor<?x6x?xf32>
  %z = norm.mul %y, %y : tensor<?x6x?xf32>, tensor<?x6x?xf32>
  return %z : tensor<?x6x?xf32>
}
norm.gradient @broadcast_grad of @broadcast wrt [0, 1]

// Only the extents of x are read, so x has no gradient but 0.
func.func @extents_only(%x: tensor<?x6x?xf32>, %b: !b) -> (tensor<?x6x?xf32>, tensor<1x1x1xf32>) {
  %y = norm.broadcast %b like %x : !b, tensor<?x6x?xf32>
  %n = norm.count %x over [0, 2] : tensor<?x6x?xf32> to f32
  return %y, %n : tensor<?x6x?xf32>, tensor<1x1x1xf32>
}
norm.gradient @extents_only_grad of @extents_only wrt [0, 1]

// One argument is both operands, and another is used twice.
func.func @same_operands(%a: !a, %b: !b) -> (!a, tensor<?x6x1xf32>) {
  %y = norm.sub %a, %a : !a, !a
  %m = norm.max %b, %b : !b, !b
  %z = norm.max %a, %m : !a, !b
  return %y, %z : !a, tensor<?x6x1xf32>
}
norm.gradient @same_operands_grad of @same_operands wrt [0, 1]
