//===- Passes.td - the compiler's passes ---------------------*- tablegen -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NORMC_COMPILER_TRANSFORMS_PASSES_TD
#define NORMC_COMPILER_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def VerifyGraph : Pass<"verify-graph", "::mlir::ModuleOp"> {
  let summary = "Check what no single op can see";
  let description = [{
    A module holds functions and gradients, at least one function; a function is straight-line, its ops are of the norm
    dialect, its values are tensors of one rank, it returns something, and nothing carries an attribute that is not
    declared. Other passes assume this.
  }];
}

def ExpandLayers : Pass<"expand-layers", "::mlir::ModuleOp"> {
  let summary = "Replace named layers by primitives";
  let description = [{
    `norm.relu %x` ==> `%on = norm.compare gt %x, %zero`, `norm.select %on, %x, %zero`. The new values are named after the layer's result.
    Afterwards a function has primitives only.
  }];
  let dependentDialects = ["::normc::norm::NormDialect"];
}

def DropClamps : Pass<"drop-clamps", "::mlir::ModuleOp"> {
  let summary = "Remove choices that a sign decides";
  let description = [{
    `norm.max %var, %zero` ==> `%var`, where the algebra knows that %var is not negative, as a variance is however it was
    written; so with `min`, `abs`, and with `select` by a comparison. Before the chain rule, so that a gradient has no kink
    where its function has none: at 0 itself the unclamped form decides. Assumes primitives.
  }];
  let dependentDialects = ["::normc::norm::NormDialect"];
}

def Differentiate : Pass<"differentiate", "::mlir::ModuleOp"> {
  let summary = "Replace each gradient by its joint function";
  let description = [{
    `norm.gradient @g of @f wrt [..]` ==> `func.func @g(f's arguments, cotangents) -> (f's results, gradients)`, by one reverse
    walk over f in which each op states the adjoints of its operands. A value's adjoint is named after it, with a d before.
    Assumes that layers are expanded.
  }];
  let dependentDialects = ["::normc::norm::NormDialect"];
}

def ClosedForm : Pass<"closed-form", "::mlir::ModuleOp"> {
  let summary = "Rewrite each function to its closed form";
  let description = [{
    A value is a sum of terms, a term a rational coefficient times a product of atoms with rational exponents. Reductions
    distribute, what does not vary leaves them, where a value meets its own mean deviations take its place, choices under
    one condition add inside. What survives is built again, each reduction once, each coefficient at the rank at which
    it varies. Where a result is written over an argument, the activations on the way from it, and what they are of, are not taken
    apart: `choose-saved` undoes them. Assumes primitives; the rules stand at their places in `Algebra/` and in `dialects/Norm/TermRules.cpp`.
  }];
  let dependentDialects = ["::normc::norm::NormDialect"];
}

def ChooseSaved : Pass<"choose-saved", "::mlir::ModuleOp"> {
  let summary = "Split each joint function into a forward and a backward";
  let description = [{
    `@g` ==> `@g_forward`, `@g_backward` and a `norm.pair @g`. With save = "auto" the values saved are a minimum cut of the
    forward, weighted by bytes: arguments and results are read again at no cost, elementwise ops are computed again, what
    a reduction yields must be saved. The forward states the bytes that are written for them, `norm.saved_bytes`. With "all", every intermediate that the backward uses is saved.

    A result tells what it was computed from: with r = a / b, the backward reads r and has a = r b. Each result whose steps can be
    undone without loss (products and quotients, no data that may be 0 as a divisor) gives another joint function, in which
    the backward follows from the result; it is brought to its closed form, cut on its own, and taken if it moves fewer bytes:

    `%e = norm.exp %x`, `%y = norm.div %e, %sum` and a backward of %x, %y, %sum ==> a backward of %y

    Where a result must be written over an argument (`norm.inplace`), the backward reads nothing of the argument. Every step back
    from the result is undone then, sums and activations in two increasing (or two decreasing) pieces too:

    `r = w > k ? f(w) : g(w)` ==> `w = r > g(k) ? f^-1(r) : g^-1(r)`

    Divisors that signs and constants do not tell from 0 are marked `norm.nonzero`, on arguments of both halves or on saved
    values, and the halves refuse to be called with a 0 there. What cannot be recovered is an error that says why.
  }];
  let dependentDialects = ["::normc::norm::NormDialect"];
}

def Stabilize : Pass<"stabilize", "::mlir::ModuleOp"> {
  let summary = "Turn variances into monoids";
  let description = [{
    `sum((x - mean(x))^2)` ==> `norm.squared_deviations %x`, over the same axes; a mean of them is that, divided by the count.
    With the mean beside it one visit to x yields both. `sum(x) / n` of which only the quotient is used ==> `norm.mean %x`. Assumes the closed form, in which every variance looks like this.
  }];
  let dependentDialects = ["::normc::norm::NormDialect"];
}

def NestSums : Pass<"nest-sums", "::mlir::ModuleOp"> {
  let summary = "Take sums from sums over fewer axes";
  let description = [{
    `sum(f x over A)`, where `sum(x over B)` is computed anyway, B is a part of A, and f does not vary along B ==>
    `sum(f sum(x over B) over A without B)`. So what is large is read once for both: the gradients of instance norm's parameters come
    from the sums of its groups. Where neither contains the other, as in group norm, `sum(f x over A)` and `sum(g x over B)` ==> both
    from `sum(x over A and B)`, if that is over 32 points or more and no axis of it is split over devices. Partial sums are f64 in the
    kernels. Where f is left outside and an extent may be 0, the product is 0 then, as an empty sum is whatever f is.
  }];
  let dependentDialects = ["::normc::norm::NormDialect"];
}

def GroupSums : Pass<"group-sums", "::mlir::ModuleOp"> {
  let summary = "Sum group by group what waits for reductions of its group";
  let description = [{
    `sum(x over A)` ==> `sum(sum(x over B) over A without B)`, where x is computed from reductions over B, a part of A, of the same
    points, and from no others: the kernel that has them can sum x, too, so that what is large is not read again. A loss over the rows
    of a softmax is one. Not where B is split over devices, nor for groups of less than 8 points.
  }];
  let dependentDialects = ["::normc::norm::NormDialect"];
}

def Distribute : Pass<"distribute", "::mlir::ModuleOp"> {
  let summary = "Let reductions over a sharded axis cross the devices";
  let description = [{
    `%mu = norm.mean %x over [0]`, %x sharded along axis 0 ==> `%mu_here = norm.mean %x over [0]`, `%mu = norm.merge mean %mu_here of
    %x over [0]`: each device reduces its share, and the partial results merge by the monoid of the reduction. From here on types
    state a device's share, `?` along the sharded axis. Counts are of all devices and positions count from the joined start, as before.
    A gradient that is left as a share is made of partial sums instead of merged ones. A function without norm.shard stays as it
    is. Assumes stable statistics, and values that are split alike where they meet.
  }];
  let dependentDialects = ["::normc::norm::NormDialect"];
}

def FormKernels : Pass<"form-kernels", "::mlir::ModuleOp"> {
  let summary = "Turn functions into plans of kernels";
  let description = [{
    `func.func` ==> `kernel.plan`. Reductions over the same axes of the same space share a kernel, in as many sweeps as they
    depend on one another, and results are stored in the sweep that has what they need. A result that is written over an
    argument waits in a tensor of its own where the argument is read afterwards. What is elementwise is computed where it is used, unless another
    kernel would need more than 64 ops for it, and a kernel has at most 16 sweeps that depend on one another: so plans of layers in a chain
    grow with its length. What is narrower than a kernel's points has a kernel of its own. What varies along all axes of a function
    is computed in f32 (f64 in f64), what is narrower in f64, rounded once where it is returned or read at a point.
  }];
  let dependentDialects = ["::normc::kernel::KernelDialect", "::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

def BatchCollectives : Pass<"batch-collectives", "::mlir::ModuleOp"> {
  let summary = "One packed collective for each synchronization point";
  let description = [{
    `kernel.collective "a"`, .., `kernel.collective "b"`, neither of which waits for the other ==> one `kernel.collective "a, b"`, after
    the kernels that both wait for. A collective's synchronization point is the length of the longest chain of collectives that it
    ends; kernels follow the last collective that they wait for, in their order otherwise. States the bytes that each device sends.
    Assumes plans as form-kernels leaves them.
  }];
  let dependentDialects = ["::normc::kernel::KernelDialect"];
}

def CertifyKernels : Pass<"certify-kernels", "::mlir::ModuleOp"> {
  let summary = "State on each kernel the bytes that it moves";
  let description = [{
    `kernel.kernel` ==> the same with `kernel.certificate`: for each streamed operand the bytes read and written per call, as
    formulas of the plan's extent symbols n0, n1, ..; operands that are read again and again, once and at most; the minimum that
    any kernel with these outputs moves; the cache relied on, and what it must hold. Read off loads and stores; it changes
    nothing that is computed. Assumes that no pass after it changes kernels.
  }];
  let dependentDialects = ["::normc::kernel::KernelDialect"];
}

#endif // NORMC_COMPILER_TRANSFORMS_PASSES_TD
