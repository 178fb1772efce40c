//===- NormPrimitives.td - the primitives -------------------*- tablegen -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NORMC_DIALECTS_NORM_NORMPRIMITIVES_TD
#define NORMC_DIALECTS_NORM_NORMPRIMITIVES_TD

include "dialects/Norm/NormBase.td"

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

def ConstantOp : Norm_Op<"constant", [ConstantLike, DeclareOpInterfaceMethods<AdjointOpInterface>,
                                      DeclareOpInterfaceMethods<TermOpInterface>]> {
  let summary = "a number";
  let description = [{
    Formula: `result = value`, at every position. The literal is a decimal number, or a hexadecimal one that has the
    bits of the element type (infinity, NaN).

    Constraints:
    - (c1) the result is a tensor of rank 1 to 8 of f16, bf16, f32, f64, i32 or i64;
    - (c2) every extent of the result is 1;
    - (c3) the value has the element type of the result, and is representable in it.

    Example:
    ```mlir
    func.func @example() -> tensor<1x1xf32> {
      %eps = norm.constant 1.0e-5 : tensor<1x1xf32>
      return %eps : tensor<1x1xf32>
    }
    ```
  }];
  let arguments = (ins TypedAttrInterface:$value);
  let results = (outs Norm_Number:$result);
  let assemblyFormat = [{
    custom<Name>("result") `` custom<Literal>($value, type($result)) `` custom<Settings>(attr-dict, "result")
  }];
  let builders = [
    OpBuilder<(ins "::mlir::Type":$element, "int64_t":$rank, "double":$value)>
  ];
  let hasFolder = 1;
  let hasVerifier = 1;
}

def IndexOp : Norm_Primitive<"index", "inferIndex(location, adaptor.getLike(), adaptor.getAxisAttr(), adaptor.getElementAttr())"> {
  let summary = "the position along one axis of a value";
  let description = [{
    Formula: `result[i_0, .., i_k, ..] = i_axis`. Only the extents of the operand are read. Of an argument that is
    sharded along the axis, positions count from the start of the joined array.

    Constraints:
    - (c1) 0 <= `axis` < rank of the operand;
    - (c2) the element type is i32, i64, f16, bf16, f32 or f64.

    Example:
    ```mlir
    func.func @example(%x: tensor<32x10xf32>) -> tensor<1x10xi32> {
      %k = norm.index 1 of %x : tensor<32x10xf32> to i32
      return %k : tensor<1x10xi32>
    }
    ```
  }];
  let arguments = (ins Norm_Value:$like, I64Attr:$axis, TypeAttr:$element);
  let assemblyFormat = [{
    custom<Name>("result") `` $axis `of` $like `` custom<Settings>(attr-dict, "result") `:` type($like) `to` $element
  }];
}

def CountOp : Norm_Primitive<"count", "inferCount(location, adaptor.getLike(), adaptor.getAxesAttr(), adaptor.getElementAttr())",
    [DeclareOpInterfaceMethods<TermOpInterface>]> {
  let summary = "how many elements lie along axes of a value";
  let description = [{
    Formula: `result = product of the extents of the operand along axes`, of all devices. Only the extents of the
    operand are read.

    Constraints:
    - (c1) `axes` is not empty, each axis is at least 0 and less than the rank, none is repeated;
    - (c2) the element type is i32, i64, f16, bf16, f32 or f64.

    Example:
    ```mlir
    func.func @example(%x: tensor<32x64xf32>) -> tensor<1x1xf32> {
      %n = norm.count %x over [0] : tensor<32x64xf32> to f32
      return %n : tensor<1x1xf32>
    }
    ```
  }];
  let arguments = (ins Norm_Value:$like, DenseI64ArrayAttr:$axes, TypeAttr:$element);
  let assemblyFormat = [{
    custom<Name>("result") `` $like `over` $axes
    `` custom<Settings>(attr-dict, "result") `:` type($like) `to` $element
  }];
}

//===----------------------------------------------------------------------===//
// Extents
//===----------------------------------------------------------------------===//

def BroadcastOp : Norm_Primitive<"broadcast", "inferBroadcast(location, adaptor.getOperand(), adaptor.getLike())",
    [DeclareOpInterfaceMethods<TermOpInterface>, DeclareOpInterfaceMethods<InverseOpInterface>]> {
  let summary = "a value, repeated to the extents of another";
  let description = [{
    Formula: `result[i] = operand[i restricted to the axes along which it varies]`. Only the extents of the second
    operand are read. Elementwise ops broadcast by themselves, so that users need not write it.

    Constraints:
    - (c1) the operands have one rank;
    - (c2) along each axis the extent of the first operand is 1 or agrees with that of the second.

    Example:
    ```mlir
    func.func @example(%a: tensor<1x64xf32>, %x: tensor<32x64xf32>) -> tensor<32x64xf32> {
      %b = norm.broadcast %a like %x : tensor<1x64xf32>, tensor<32x64xf32>
      return %b : tensor<32x64xf32>
    }
    ```
  }];
  let arguments = (ins Norm_Value:$operand, Norm_Value:$like);
  let assemblyFormat = [{
    custom<Name>("result") `` $operand `like` $like
    `` custom<Settings>(attr-dict, "result") `:` type($operand) `,` type($like)
  }];
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// Elementwise, one operand
//===----------------------------------------------------------------------===//

class Norm_Unary<string mnemonic, string what, string formula, string derivative, list<Trait> traits = []>
    : Norm_Primitive<mnemonic, "inferElementwise(location, operands)", traits> {
  let summary = what;
  let description = "Formula: `result = " # formula # "`, elementwise. Adjoint: `" # derivative # [{`.

    Constraints:
    - (c1) the operand is a tensor of rank 1 to 8 of f16, bf16, f32 or f64.

    Example:
    ```mlir
    func.func @example(%x: tensor<32x64xf32>) -> tensor<32x64xf32> {
      %y = norm.}] # mnemonic # [{ %x : tensor<32x64xf32>
      return %y : tensor<32x64xf32>
    }
    ```
  }];
  let arguments = (ins Norm_Float:$operand);
  let results = (outs Norm_Float:$result);
  let assemblyFormat = [{
    custom<Name>("result") `` $operand `` custom<Settings>(attr-dict, "result") `:` type($operand)
  }];
  let hasFolder = 1;
}

def NegOp : Norm_Unary<"neg", "negation", "-x", "dx = -dy", [DeclareOpInterfaceMethods<TermOpInterface>, DeclareOpInterfaceMethods<InverseOpInterface>]>;
def AbsOp : Norm_Unary<"abs", "absolute value", "|x|", "dx = dy sign(x)", [DeclareOpInterfaceMethods<TermOpInterface>]>;
def SignOp : Norm_Unary<"sign", "sign", "-1 or 1; of a zero and of NaN the operand", "dx = 0">;
def SquareOp : Norm_Unary<"square", "square", "x^2", "dx = 2 x dy", [DeclareOpInterfaceMethods<TermOpInterface>]>;
def SqrtOp : Norm_Unary<"sqrt", "square root", "x^(1/2)", "dx = dy / (2 y)", [DeclareOpInterfaceMethods<TermOpInterface>, DeclareOpInterfaceMethods<InverseOpInterface>]>;
def RsqrtOp : Norm_Unary<"rsqrt", "reciprocal square root", "x^(-1/2)", "dx = -1/2 y^3 dy", [DeclareOpInterfaceMethods<TermOpInterface>, DeclareOpInterfaceMethods<InverseOpInterface>]>;
def ReciprocalOp : Norm_Unary<"reciprocal", "reciprocal", "1 / x", "dx = -y^2 dy", [DeclareOpInterfaceMethods<TermOpInterface>, DeclareOpInterfaceMethods<InverseOpInterface>]>;
def ExpOp : Norm_Unary<"exp", "exponential", "e^x", "dx = y dy", [DeclareOpInterfaceMethods<InverseOpInterface>]>;
def LogOp : Norm_Unary<"log", "natural logarithm", "log x", "dx = dy / x", [DeclareOpInterfaceMethods<InverseOpInterface>]>;
def TanhOp : Norm_Unary<"tanh", "hyperbolic tangent", "tanh x", "dx = (1 - y^2) dy">;
def SigmoidOp : Norm_Unary<"sigmoid", "logistic function", "1 / (1 + e^(-x))", "dx = y (1 - y) dy">;
def ErfOp : Norm_Unary<"erf", "error function", "erf x", "dx = 2 / sqrt(pi) e^(-x^2) dy">;

//===----------------------------------------------------------------------===//
// Elementwise, two operands
//===----------------------------------------------------------------------===//

class Norm_Binary<string mnemonic, string what, string formula, string derivative, Type type = Norm_Float,
                  string elements = "f16, bf16, f32 or f64", list<Trait> traits = []>
    : Norm_Primitive<mnemonic, "inferElementwise(location, operands)", traits> {
  let summary = what;
  let description = "Formula: `result = " # formula # "`, elementwise. Adjoints: `" # derivative # [{`.

    Constraints:
    - (c1) the operands are tensors of rank 1 to 8 of }] # elements # [{;
    - (c2) the operands have one element type;
    - (c3) the operands have one rank;
    - (c4) along each axis the extents of the operands agree, or one of them is 1.

    Example:
    ```mlir
    func.func @example(%a: tensor<32x64xf32>, %b: tensor<1x64xf32>) -> tensor<32x64xf32> {
      %y = norm.}] # mnemonic # [{ %a, %b : tensor<32x64xf32>, tensor<1x64xf32>
      return %y : tensor<32x64xf32>
    }
    ```
  }];
  let arguments = (ins type:$lhs, type:$rhs);
  let results = (outs type:$result);
  let assemblyFormat = [{
    custom<Name>("result") `` $lhs `,` $rhs `` custom<Settings>(attr-dict, "result") `:` type($lhs) `,` type($rhs)
  }];
  let hasFolder = 1;
}

def AddOp : Norm_Binary<"add", "sum of two values", "a + b", "da = dy, db = dy",
    Norm_Float, "f16, bf16, f32 or f64", [DeclareOpInterfaceMethods<TermOpInterface>, DeclareOpInterfaceMethods<InverseOpInterface>]>;
def SubOp : Norm_Binary<"sub", "difference", "a - b", "da = dy, db = -dy",
    Norm_Float, "f16, bf16, f32 or f64", [DeclareOpInterfaceMethods<TermOpInterface>, DeclareOpInterfaceMethods<InverseOpInterface>]>;
def MulOp : Norm_Binary<"mul", "product", "a b", "da = b dy, db = a dy",
    Norm_Float, "f16, bf16, f32 or f64", [DeclareOpInterfaceMethods<TermOpInterface>, DeclareOpInterfaceMethods<InverseOpInterface>]>;
def DivOp : Norm_Binary<"div", "quotient", "a / b", "da = dy / b, db = -y dy / b",
    Norm_Float, "f16, bf16, f32 or f64", [DeclareOpInterfaceMethods<TermOpInterface>, DeclareOpInterfaceMethods<InverseOpInterface>]>;
def MaxOp : Norm_Binary<"max", "the larger of two values; NaN if one is", "(a > b or a is NaN) ? a : b",
    "da = dy [a > b] + dy/2 [a = b], db = dy [b > a] + dy/2 [a = b]", Norm_Number, "f16, bf16, f32, f64, i32 or i64",
    [DeclareOpInterfaceMethods<TermOpInterface>]>;
def MinOp : Norm_Binary<"min", "the smaller of two values; NaN if one is", "(a < b or a is NaN) ? a : b",
    "da = dy [a < b] + dy/2 [a = b], db = dy [b < a] + dy/2 [a = b]", Norm_Number, "f16, bf16, f32, f64, i32 or i64",
    [DeclareOpInterfaceMethods<TermOpInterface>]>;
def PowOp : Norm_Binary<"pow", "power", "a^b, special cases as in C",
    "da = b a^(b - 1) dy, 0 where b = 0; db = y log(a) dy, 0 where a = 0 and b >= 0",
    Norm_Float, "f16, bf16, f32 or f64", [DeclareOpInterfaceMethods<TermOpInterface>]>;

//===----------------------------------------------------------------------===//
// Choice
//===----------------------------------------------------------------------===//

def Norm_Predicate : I64EnumAttr<"Predicate", "how two values compare", [
    I64EnumAttrCase<"eq", 0>, I64EnumAttrCase<"ne", 1>, I64EnumAttrCase<"lt", 2>,
    I64EnumAttrCase<"le", 3>, I64EnumAttrCase<"gt", 4>, I64EnumAttrCase<"ge", 5>]> {
  let cppNamespace = "::normc::norm";
}

def CompareOp : Norm_Primitive<"compare", "inferCompare(location, operands)"> {
  let summary = "a mask: where a relation holds";
  let description = [{
    Formula: `result = a (eq, ne, lt, le, gt, ge) b`, elementwise. With NaN every relation but `ne` is false; of masks,
    false is less than true.

    Constraints:
    - (c1) the operands have one element type;
    - (c2) the operands have one rank;
    - (c3) along each axis the extents of the operands agree, or one of them is 1.

    Example:
    ```mlir
    func.func @example(%a: tensor<32x64xf32>, %b: tensor<1x1xf32>) -> tensor<32x64xi1> {
      %on = norm.compare gt %a, %b : tensor<32x64xf32>, tensor<1x1xf32>
      return %on : tensor<32x64xi1>
    }
    ```
  }];
  let arguments = (ins Norm_Predicate:$predicate, Norm_Value:$lhs, Norm_Value:$rhs);
  let results = (outs Norm_Mask:$result);
  let assemblyFormat = [{
    custom<Name>("result") `` $predicate $lhs `,` $rhs
    `` custom<Settings>(attr-dict, "result") `:` type($lhs) `,` type($rhs)
  }];
}

def SelectOp : Norm_Primitive<"select", "inferSelect(location, operands)",
    [DeclareOpInterfaceMethods<TermOpInterface>]> {
  let summary = "one of two values, by a mask";
  let description = [{
    Formula: `result = condition ? a : b`, elementwise. Adjoints: `da = condition ? dy : 0, db = condition ? 0 : dy`.

    Constraints:
    - (c1) the condition is a mask, a tensor of i1;
    - (c2) both branches have one element type;
    - (c3) the operands have one rank;
    - (c4) along each axis the extents of the operands agree up to 1s.

    Example:
    ```mlir
    func.func @example(%c: tensor<32x64xi1>, %a: tensor<32x64xf32>, %b: tensor<1x1xf32>) -> tensor<32x64xf32> {
      %y = norm.select %c, %a, %b : tensor<32x64xi1>, tensor<32x64xf32>, tensor<1x1xf32>
      return %y : tensor<32x64xf32>
    }
    ```
  }];
  let arguments = (ins Norm_Mask:$condition, Norm_Value:$onTrue, Norm_Value:$onFalse);
  let assemblyFormat = [{
    custom<Name>("result") `` $condition `,` $onTrue `,` $onFalse `` custom<Settings>(attr-dict, "result") `:`
    type($condition) `,` type($onTrue) `,` type($onFalse)
  }];
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

class Norm_Reduction<string mnemonic, string what, string formula, string derivative, string empty,
                     list<Trait> traits = []>
    : Norm_Primitive<mnemonic, "inferReduction(location, adaptor.getOperand(), adaptor.getAxesAttr())", traits> {
  let summary = what;
  let description = "Formula: `result = " # formula # "`; " # empty # ". Adjoint: `" # derivative # [{`.
    The rank is kept and the reduced extents become 1.

    Constraints:
    - (c1) the operand is a tensor of rank 1 to 8 of f16, bf16, f32 or f64;
    - (c2) `axes` is not empty, each axis is at least 0 and less than the rank, none is repeated.

    Example:
    ```mlir
    func.func @example(%x: tensor<8x64x7x7xf32>) -> tensor<1x64x1x1xf32> {
      %y = norm.}] # mnemonic # [{ %x over [0, 2, 3] : tensor<8x64x7x7xf32>
      return %y : tensor<1x64x1x1xf32>
    }
    ```
  }];
  let arguments = (ins Norm_Float:$operand, DenseI64ArrayAttr:$axes);
  let results = (outs Norm_Float:$result);
  let assemblyFormat = [{
    custom<Name>("result") `` $operand `over` $axes `` custom<Settings>(attr-dict, "result") `:` type($operand)
  }];
  let hasFolder = 1;
}

def SumOp : Norm_Reduction<"sum", "sum over axes", "sum of x over axes", "dx = dy", "an empty sum is 0", [DeclareOpInterfaceMethods<TermOpInterface>]>;
def MeanOp : Norm_Reduction<"mean", "mean over axes", "1/n sum of x over axes, n their count", "dx = dy / n",
                            "an empty mean is NaN", [DeclareOpInterfaceMethods<TermOpInterface>]>;
def MaxOverOp : Norm_Reduction<"max_over", "maximum over axes", "max of x over axes",
                               "dx = dy / t where x = y, else 0; t the number of such positions",
                               "NaN if one element is; an empty maximum is minus infinity">;
def MinOverOp : Norm_Reduction<"min_over", "minimum over axes", "min of x over axes",
                               "dx = dy / t where x = y, else 0; t the number of such positions",
                               "NaN if one element is; an empty minimum is infinity">;
// Internal: what `stabilize` makes of a sum of squares about a mean.
def SquaredDeviationsOp : Norm_Reduction<"squared_deviations", "sum of squared deviations from the mean over axes",
                                         "sum of (x - m)^2 over axes, m the mean of x over axes", "dx = 2 (x - m) dy",
                                         "an empty sum is 0">;

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

// How the partial results of devices become one.
def Norm_Monoid : I64EnumAttr<"Monoid", "how partial results of devices merge", [
    I64EnumAttrCase<"sum", 0>, I64EnumAttrCase<"max", 1>, I64EnumAttrCase<"min", 2>, I64EnumAttrCase<"mean", 3>,
    I64EnumAttrCase<"moments", 4>]> {
  let cppNamespace = "::normc::norm";
}

// Internal: what `distribute` writes behind a reduction over a sharded axis.
def MergeOp : Norm_InferredOp<"merge", "inferMerge(location, adaptor.getPartial(), adaptor.getLike(), adaptor.getAxesAttr())"> {
  let summary = "what a reduction comes to on all devices";
  let description = [{
    Formula: `result = partial_0 * partial_1 * ..`, `*` the operation of the monoid, over the devices in rank order. Each device
    has reduced its share of a value over axes to `partial`; of the share only the extents are read, for the count. `moments` merges
    sums of squared deviations, each about the mean of its device. The result is the same on every device.

    Constraints:
    - (c1) the partial result is a tensor of rank 1 to 8 of f16, bf16, f32 or f64;
    - (c2) `axes` is not empty, each axis is at least 0 and less than the rank, none is repeated;
    - (c3) the partial result does not vary along the axes, and has one rank with the share;
    - (c4) moments, and they alone, have a mean, which has the type of the partial result.

    Example:
    ```mlir
    func.func @example(%x: tensor<?x64xf32>) -> tensor<1x64xf32> {
      %here = norm.mean %x over [0] : tensor<?x64xf32>
      %squares_here = norm.squared_deviations %x over [0] : tensor<?x64xf32>
      %squares = norm.merge moments %squares_here about %here : tensor<1x64xf32> of %x over [0] : tensor<1x64xf32>, tensor<?x64xf32>
      return %squares : tensor<1x64xf32>
    }
    ```
  }];
  let arguments = (ins Norm_Monoid:$monoid, Norm_Float:$partial, Norm_Value:$like, Optional<Norm_Float>:$mean,
                   DenseI64ArrayAttr:$axes);
  let results = (outs Norm_Float:$result);
  let assemblyFormat = [{
    custom<Name>("result") `` $monoid $partial (`about` $mean^ `:` type($mean))? `of` $like `over` $axes
    `` custom<Settings>(attr-dict, "result") `:` type($partial) `,` type($like)
  }];
  let hasVerifier = 1;
}

// Internal: what `distribute` asks for where one device must stand for all.
def RankOp : Norm_InferredOp<"rank", "inferRank(location, adaptor.getLike())"> {
  let summary = "the number of this device in its group";
  let description = [{
    Formula: `result = rank`, from 0; 0 without a group. Only the rank of the operand's type is read.

    Constraints:
    - (c1) the operand is a tensor of rank 1 to 8.

    Example:
    ```mlir
    func.func @example(%x: tensor<?x64xf32>) -> tensor<1x1xi64> {
      %rank = norm.rank of %x : tensor<?x64xf32>
      return %rank : tensor<1x1xi64>
    }
    ```
  }];
  let arguments = (ins Norm_Value:$like);
  let assemblyFormat = [{ custom<Name>("result") `` `of` $like `` custom<Settings>(attr-dict, "result") `:` type($like) }];
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

def CastOp : Norm_Primitive<"cast", "inferCast(location, adaptor.getOperand(), adaptor.getElementAttr())",
    [DeclareOpInterfaceMethods<TermOpInterface>, DeclareOpInterfaceMethods<InverseOpInterface>]> {
  let summary = "another element type";
  let description = [{
    Formula: `result = operand`, rounded to the nearest value of the element type, ties to even. A float becomes an
    integer by truncation, clamped to the integer's range, NaN becoming 0; a wider integer is clamped to a narrower one;
    a mask becomes 0 or 1, a number becomes the mask of its being different from 0, as NaN is. Adjoint: `dx = dy`, cast back; none
    unless both are floats.

    Constraints:
    - (c1) the element type is f16, bf16, f32, f64, i32, i64 or i1.

    Example:
    ```mlir
    func.func @example(%x: tensor<8x64xbf16>) -> tensor<8x64xf32> {
      %y = norm.cast %x : tensor<8x64xbf16> to f32
      return %y : tensor<8x64xf32>
    }
    ```
  }];
  let arguments = (ins Norm_Value:$operand, TypeAttr:$element);
  let assemblyFormat = [{
    custom<Name>("result") `` $operand `` custom<Settings>(attr-dict, "result") `:` type($operand) `to` $element
  }];
  let hasFolder = 1;
}

#endif // NORMC_DIALECTS_NORM_NORMPRIMITIVES_TD
