// Splits joint functions into a forward and a backward, and decides what goes from one to the other.
// RUN: normc-opt %s --differentiate | FileCheck %s --check-prefix=GRADIENT
// RUN: normc-opt %s --differentiate --choose-saved | FileCheck %s --check-prefix=SAVED
// No joint function is left.
// RUN: normc-opt %s --differentiate --choose-saved --canonicalize | FileCheck %s --check-prefix=LEFT
// LEFT-NOT: norm.save =

// What the backward uses is computed again from x and from what is saved: the mean and the inverse deviation, one value a
// feature each. Neither xmu nor xhat is written to memory. beta is not read.
func.func @batch_norm(%x: tensor<?x64xf32>, %gamma: tensor<1x64xf32>, %beta: tensor<1x64xf32>) -> tensor<?x64xf32> {
  %mu     = norm.mean %x over [0] : tensor<?x64xf32>
  %xmu    = norm.sub %x, %mu : tensor<?x64xf32>, tensor<1x64xf32>
  %sq     = norm.square %xmu : tensor<?x64xf32>
  %var    = norm.mean %sq over [0] : tensor<?x64xf32>
  %eps    = norm.constant 1.0e-5 : tensor<1x1xf32>
  %vareps = norm.add %var, %eps : tensor<1x64xf32>, tensor<1x1xf32>
  %ivar   = norm.rsqrt %vareps : tensor<1x64xf32>
  %xhat   = norm.mul %xmu, %ivar : tensor<?x64xf32>, tensor<1x64xf32>
  %gammax = norm.mul %gamma, %xhat : tensor<1x64xf32>, tensor<?x64xf32>
  %out    = norm.add %gammax, %beta : tensor<?x64xf32>, tensor<1x64xf32>
  return %out : tensor<?x64xf32>
}
norm.gradient @auto of @batch_norm wrt [0, 1, 2]
// GRADIENT-LABEL: func.func @auto(
// GRADIENT-SAME: -> (tensor<?x64xf32> {norm.name = "out"}, tensor<?x64xf32> {norm.gradient = 0
// GRADIENT: %xhat = norm.mul %xmu, %ivar
// GRADIENT: %dsq = norm.broadcast %{{.+}} like %sq
// SAVED-LABEL: func.func @auto_forward(
// SAVED-SAME: %arg0: tensor<?x64xf32>, %arg1: tensor<1x64xf32>, %arg2: tensor<1x64xf32>) -> (
// SAVED-SAME: tensor<?x64xf32> {norm.name = "out", norm.result = 0 : i64},
// SAVED-SAME: tensor<1x64xf32> {norm.bytes = "8 * 64 = 512", norm.name = "mu", norm.saved = 0 : i64, norm.saved_type = f64},
// SAVED-SAME: tensor<1x64xf32> {norm.bytes = "8 * 64 = 512", norm.name = "ivar", norm.saved = 1 : i64, norm.saved_type = f64})
// SAVED-SAME: attributes {norm.forward_of = "auto", norm.saved_bytes = "16 * 64 = 1024"}
// SAVED: return %out, %mu, %ivar
// SAVED-LABEL: func.func @auto_backward(
// SAVED-SAME: %arg0: tensor<?x64xf32> {norm.argument = 0 : i64}, %arg1: tensor<1x64xf32> {norm.argument = 1 : i64},
// SAVED-SAME: %arg2: tensor<1x64xf32> {norm.saved = 0 : i64, norm.saved_type = f64}, %arg3: tensor<1x64xf32> {norm.saved = 1 : i64, norm.saved_type = f64},
// SAVED-SAME: %arg4: tensor<?x64xf32> {norm.cotangent = 0 : i64}) -> (
// SAVED-SAME: tensor<?x64xf32> {norm.gradient = 0 : i64, norm.name = "darg0"},
// SAVED-SAME: tensor<1x64xf32> {norm.gradient = 1 : i64, norm.name = "darg1"},
// SAVED-SAME: tensor<1x64xf32> {norm.gradient = 2 : i64, norm.name = "darg2"})
// SAVED-SAME: attributes {norm.backward_of = "auto"}
// SAVED-NEXT: %xmu = norm.sub %arg0, %arg2
// SAVED-NEXT: %xhat = norm.mul %xmu, %arg3
// Extents are read of arguments, so that no value is kept for their sake.
// SAVED: norm.count %arg0 over [0]
// SAVED: %dsq = norm.broadcast %{{.+}} like %arg0
// SAVED: return %darg0, %darg1, %darg2
// SAVED: norm.pair @auto of @auto_forward, @auto_backward :
// SAVED-SAME: (tensor<?x64xf32>, tensor<1x64xf32>, tensor<1x64xf32>, tensor<?x64xf32>) -> (tensor<?x64xf32>, tensor<?x64xf32>, tensor<1x64xf32>, tensor<1x64xf32>)
// SAVED-SAME: names ["arg0", "arg1", "arg2", "dout", "out", "darg0", "darg1", "darg2"]
// SAVED-SAME: extents [array<i64: -1, 64>, array<i64: 1, 64>, array<i64: 1, 64>, array<i64: -1, 64>, array<i64: -1, 64>,

// With "all", what the chain rule uses is saved as it is, in the type in which it is computed: f32 where it varies along each
// axis, f64 where it is narrower. Of x only the extents are read.
norm.gradient @all of @batch_norm wrt [0, 1, 2] {save = "all"}
// SAVED-LABEL: func.func @all_forward(
// SAVED-SAME: tensor<?x64xf32> {norm.bytes = "4 * n0 * 64", norm.name = "xhat", norm.saved = 0 : i64, norm.saved_type = f32},
// SAVED-SAME: tensor<1x64xf32> {norm.bytes = "8 * 64 = 512", norm.name = "ivar", norm.saved = 1 : i64, norm.saved_type = f64},
// SAVED-SAME: tensor<?x64xf32> {norm.bytes = "4 * n0 * 64", norm.name = "xmu", norm.saved = 2 : i64, norm.saved_type = f32},
// SAVED-SAME: norm.saved_bytes = "12 * n0 * 64 + 16 * 64"
// SAVED-LABEL: func.func @all_backward(
// SAVED-SAME: %arg0: tensor<?x64xf32> {norm.argument = 0 : i64, norm.extents}
// SAVED-SAME: %arg2: tensor<?x64xf32> {norm.saved = 0 : i64, norm.saved_type = f32}, %arg3: tensor<1x64xf32> {norm.saved = 1 : i64, norm.saved_type = f64},
// SAVED-NOT: norm.square
// SAVED: return

// Results are read again: what a softmax was computed from follows from y, so that x, the exponentials and their sum are neither
// read nor saved. dx = y dy - sum(y dy) y
func.func @exp_over_sum(%x: tensor<8x10xf32>) -> tensor<8x10xf32> {
  %e = norm.exp %x : tensor<8x10xf32>
  %t = norm.sum %e over [1] : tensor<8x10xf32>
  %y = norm.div %e, %t : tensor<8x10xf32>, tensor<8x1xf32>
  return %y : tensor<8x10xf32>
}
norm.gradient @softmax of @exp_over_sum wrt [0]
// SAVED-LABEL: func.func @softmax_forward(
// SAVED-SAME: -> (tensor<8x10xf32> {norm.name = "y", norm.result = 0 : i64}) attributes {norm.forward_of = "softmax", norm.saved_bytes = "0"}
// SAVED-LABEL: func.func @softmax_backward(
// SAVED-SAME: %arg0: tensor<8x10xf32> {norm.result = 0 : i64}, %arg1: tensor<8x10xf32> {norm.cotangent = 0 : i64})
// SAVED: %[[PRODUCT:.+]] = norm.mul %arg1, %arg0
// SAVED: %[[SUM:.+]] = norm.sum %[[PRODUCT]] over [1]
// SAVED: %[[MINUS:.+]] = norm.mul %{{.+}}, %[[SUM]]
// SAVED: %[[TERM:.+]] = norm.mul %[[MINUS]], %arg0
// SAVED: norm.add %[[TERM]],
// SAVED-NOT: norm.exp
// SAVED: return

// Where the divisor may be 0, as data may be, nothing is divided by it for speed alone: both factors are read.
func.func @gate(%x: tensor<8x10xf32>, %g: tensor<1x10xf32>) -> tensor<8x10xf32> {
  %e = norm.tanh %x : tensor<8x10xf32>
  %y = norm.mul %e, %g : tensor<8x10xf32>, tensor<1x10xf32>
  return %y : tensor<8x10xf32>
}
norm.gradient @gate_grad of @gate wrt [0, 1]
// SAVED-LABEL: func.func @gate_grad_backward(
// SAVED-SAME: %arg0: tensor<8x10xf32> {norm.argument = 0 : i64}, %arg1: tensor<1x10xf32> {norm.argument = 1 : i64}, %arg2: tensor<8x10xf32> {norm.cotangent = 0 : i64})

// Nor is a sum undone, as the difference would cancel.
func.func @shift(%x: tensor<8x10xf32>, %b: tensor<1x10xf32>) -> (tensor<8x10xf32>, tensor<8x10xf32>) {
  %e = norm.tanh %x : tensor<8x10xf32>
  %y = norm.add %e, %b : tensor<8x10xf32>, tensor<1x10xf32>
  %z = norm.square %x : tensor<8x10xf32>
  return %y, %z : tensor<8x10xf32>, tensor<8x10xf32>
}
norm.gradient @shift_grad of @shift wrt [0]
// SAVED-LABEL: func.func @shift_grad_backward(
// SAVED-SAME: %arg0: tensor<8x10xf32> {norm.argument = 0 : i64}, %arg1: tensor<8x10xf32> {norm.cotangent = 0 : i64}, %arg2: tensor<8x10xf32> {norm.cotangent = 1 : i64})

// A result that is rounded when it is stored says less than what it was.
func.func @rounded(%x: tensor<8x10xf16>) -> tensor<8x10xf16> {
  %e = norm.exp %x : tensor<8x10xf16>
  %t = norm.sum %e over [1] : tensor<8x10xf16>
  %y = norm.div %e, %t : tensor<8x10xf16>, tensor<8x1xf16>
  return %y : tensor<8x10xf16>
}
norm.gradient @rounded_grad of @rounded wrt [0]
// SAVED-LABEL: func.func @rounded_grad_backward(
// SAVED-SAME: %arg0: tensor<8x10xf16> {norm.argument = 0 : i64}

// Bytes are weighed: of the sum and its half the smaller is saved.
func.func @narrow(%x: tensor<8x4xf32>, %z: tensor<8x4xf16>) -> tensor<8x4xf16> {
  %s = norm.sum %x over [1] : tensor<8x4xf32>
  %half = norm.cast %s : tensor<8x1xf32> to f16
  %y = norm.mul %z, %half : tensor<8x4xf16>, tensor<8x1xf16>
  return %y : tensor<8x4xf16>
}
norm.gradient @narrow_grad of @narrow wrt [1]
// SAVED-LABEL: func.func @narrow_grad_forward(
// SAVED-SAME: -> (tensor<8x4xf16> {norm.name = "y", norm.result = 0 : i64}, tensor<8x1xf16> {norm.bytes = "8 * 8 = 64", norm.name = "half", norm.saved = 0 : i64, norm.saved_type = f64})
// SAVED-LABEL: func.func @narrow_grad_backward(
// SAVED-SAME: %arg0: tensor<8x1xf16> {norm.saved = 0 : i64, norm.saved_type = f64}, %arg1: tensor<8x4xf16> {norm.cotangent = 0 : i64})

// Where only extents are read, of arguments and of cotangents, no data is passed.
func.func @mean(%x: tensor<?x4xf32>) -> (tensor<1x4xf32>, tensor<?x4xf32>) {
  %y = norm.mean %x over [0] : tensor<?x4xf32>
  %z = norm.sign %x : tensor<?x4xf32>
  return %y, %z : tensor<1x4xf32>, tensor<?x4xf32>
}
norm.gradient @mean_grad of @mean wrt [0]
// SAVED-LABEL: func.func @mean_grad_forward(
// SAVED-SAME: -> (tensor<1x4xf32> {norm.name = "y", norm.result = 0 : i64}, tensor<?x4xf32> {norm.name = "z", norm.result = 1 : i64})
// SAVED-LABEL: func.func @mean_grad_backward(
// SAVED-SAME: %arg0: tensor<?x4xf32> {norm.argument = 0 : i64, norm.extents}, %arg1: tensor<1x4xf32> {norm.cotangent = 0 : i64},
// SAVED-SAME: %arg2: tensor<?x4xf32> {norm.cotangent = 1 : i64, norm.extents})

// A gradient that depends on no cotangent is known to nobody but the backward.
func.func @constant(%x: tensor<4xf32>, %u: tensor<4xf32>) -> tensor<4xf32> {
  %y = norm.neg %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
norm.gradient @zero of @constant wrt [1]
// SAVED-LABEL: func.func @zero_forward(
// SAVED-SAME: -> (tensor<4xf32> {norm.name = "y", norm.result = 0 : i64})
// SAVED-LABEL: func.func @zero_backward(
// SAVED-SAME: %arg0: tensor<4xf32> {norm.argument = 1 : i64, norm.extents}, %arg1: tensor<4xf32> {norm.cotangent = 0 : i64, norm.extents})
// SAVED-NEXT: %[[ZERO:.+]] = norm.constant 0.0
// SAVED-NEXT: %darg1 = norm.broadcast %[[ZERO]] like %arg0
// SAVED-NEXT: return %darg1

// State stays a result of the forward.
func.func @state(%x: tensor<8x4xf32>, %r: tensor<1x4xf32>)
    -> (tensor<8x4xf32>, tensor<1x4xf32> {norm.updates = 1 : i64}) {
  %y = norm.exp %x : tensor<8x4xf32>
  %mu = norm.mean %x over [0] : tensor<8x4xf32>
  return %y, %mu : tensor<8x4xf32>, tensor<1x4xf32>
}
norm.gradient @state_grad of @state wrt [0]
// SAVED-LABEL: func.func @state_grad_forward(
// SAVED-SAME: tensor<1x4xf32> {norm.name = "mu", norm.result = 1 : i64, norm.updates = 1 : i64})
// SAVED-LABEL: func.func @state_grad_backward(
// SAVED-SAME: %arg0: tensor<8x4xf32> {norm.result = 0 : i64}, %arg1: tensor<8x4xf32> {norm.cotangent = 0 : i64}) -> (tensor<8x4xf32>

// A gradient of a gradient is split as any other.
norm.gradient @second of @first wrt [0, 1]
norm.gradient @first of @square wrt [0]
func.func @square(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = norm.square %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
// SAVED-LABEL: func.func @second_forward(
// SAVED-SAME: norm.result = 0 : i64}{{.*}}norm.result = 1 : i64}
// SAVED-LABEL: func.func @second_backward(
// SAVED: norm.pair @second of
// SAVED-LABEL: func.func @first_forward(

// Functions without a gradient stay as they are.
// SAVED-LABEL: func.func @square(
// SAVED-NOT: norm.gradient @

// What is split in the joint function is so in its halves, saved values included; a share of a gradient is asked for where its argument
// is read, and where it is returned.
func.func @sharded(%x: tensor<8x4xf32> {norm.shard = 0 : i64}, %g: tensor<1x4xf32> {norm.partial}) -> tensor<8x4xf32> {
  %max = norm.max_over %x over [1] : tensor<8x4xf32>
  %e = norm.sub %x, %max : tensor<8x4xf32>, tensor<8x1xf32>
  %sq = norm.square %e : tensor<8x4xf32>
  %y = norm.mul %sq, %g : tensor<8x4xf32>, tensor<1x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @sharded_grad of @sharded wrt [0, 1]
// SAVED-LABEL: func.func @sharded_grad_backward(
// SAVED-SAME: %arg0: tensor<8x4xf32> {norm.argument = 0 : i64, norm.shard = 0 : i64}, %arg1: tensor<1x4xf32> {norm.argument = 1 : i64, norm.partial}
// SAVED-SAME: %arg2: tensor<8x1xf32> {norm.saved = 0 : i64, norm.saved_type = f64, norm.shard = 0 : i64}
// SAVED-SAME: %arg4: tensor<8x4xf32> {norm.cotangent = 0 : i64, norm.shard = 0 : i64}
// SAVED-SAME: tensor<1x4xf32> {norm.gradient = 1 : i64, norm.name = "darg1", norm.share})
// SAVED: norm.pair @sharded_grad
// SAVED-SAME: extents [array<i64: -1, 4>, array<i64: 1, 4>, array<i64: -1, 4>
