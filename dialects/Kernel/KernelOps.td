//===- KernelOps.td - the kernel dialect --------------------*- tablegen -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NORMC_DIALECTS_KERNEL_KERNELOPS_TD
#define NORMC_DIALECTS_KERNEL_KERNELOPS_TD

include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/FunctionInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def KernelDialect : Dialect {
  let name = "kernel";
  let cppNamespace = "::normc::kernel";
  let summary = "Kernels of sweeps, and the plan that launches them";
  let description = [{
    A kernel runs its body once for each point of its parallel axes; a sweep in it visits the points of its own axes,
    loads elements, computes with scalars (arith, math), accumulates monoids and stores. Loads and stores address the
    current point: a tensor whose extent is 1 along an axis is read at 0 there. The rationale is in
    `dialects/Kernel/README.md`.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
}

class Kernel_Op<string mnemonic, list<Trait> traits = []> : Op<KernelDialect, mnemonic, traits>;

def Kernel_Scalar : AnyTypeOf<[F16, BF16, F32, F64, I1, I32, I64]>;

def Kernel_Monoid : I64EnumAttr<"Monoid", "how a sweep reduces a scalar", [
    I64EnumAttrCase<"sum", 0>, I64EnumAttrCase<"max", 1>, I64EnumAttrCase<"min", 2>, I64EnumAttrCase<"mean", 3>,
    I64EnumAttrCase<"moments", 4>]> {
  let cppNamespace = "::normc::kernel";
  let genSpecializedAttr = 0;
}
def Kernel_MonoidAttr : EnumAttr<KernelDialect, Kernel_Monoid, "monoid"> {
  let assemblyFormat = "`<` $value `>`";
}

//===----------------------------------------------------------------------===//
// The plan
//===----------------------------------------------------------------------===//

def PlanOp : Kernel_Op<"plan", [FunctionOpInterface, IsolatedFromAbove, SingleBlock,
                                DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames"]>]> {
  let summary = "kernels in the order in which they are launched";
  let description = [{
    Values are tensors; buffers are made by the backends. Each argument and each result has a name (`kernel.name`) and
    run-time extents (`kernel.extents`), where -1 - k stands for symbol k of the plan. Each result is the result of a
    kernel, and of no other plan result, so that it can be stored where the caller wants it.

    Constraints:
    - (c1) the body ends with `kernel.return`, whose operands have the types of the results;
    - (c2) each returned value is a kernel's result and is returned once;
    - (c3) each argument and each result has `kernel.name` and `kernel.extents`.

    Example:
    ```mlir
    kernel.plan @double(%x: tensor<?x4xf32> {kernel.name = "x", kernel.extents = array<i64: -1, 4>})
        -> (tensor<?x4xf32> {kernel.name = "y", kernel.extents = array<i64: -1, 4>}) {
      %y = kernel.kernel "y" space [-1, 4] parallel [0, 1] {
        %0 = kernel.load %x : tensor<?x4xf32>
        %1 = arith.addf %0, %0 : f32
        kernel.store %1 to 0 : f32
      } : tensor<?x4xf32>
      kernel.return %y : tensor<?x4xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<FunctionType>:$function_type,
                       OptionalAttr<StrAttr>:$sym_visibility, OptionalAttr<DictArrayAttr>:$arg_attrs,
                       OptionalAttr<DictArrayAttr>:$res_attrs);
  let regions = (region AnyRegion:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::Region *getCallableRegion() { return &getBody(); }
    ::llvm::ArrayRef<::mlir::Type> getArgumentTypes() { return getFunctionType().getInputs(); }
    ::llvm::ArrayRef<::mlir::Type> getResultTypes() { return getFunctionType().getResults(); }
    /// How many extent symbols the plan has.
    int64_t getSymbolCount();
  }];
}

def ReturnOp : Kernel_Op<"return", [Terminator, Pure, HasParent<"PlanOp">]> {
  let summary = "what a plan returns";
  let description = [{ Ends a plan. }];
  let arguments = (ins Variadic<AnyRankedTensor>:$values);
  let assemblyFormat = [{ ($values^ `:` type($values))? attr-dict }];
}

def CollectiveOp : Kernel_Op<"collective", [HasParent<"PlanOp">,
                                            DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "one message from every device to every device, and what it comes to";
  let description = [{
    Each device of the group sends what its kernels have reduced, and merges what all have sent, in rank order: every device does the
    same arithmetic on the same numbers, in f64. Without a group there is one device, and its partial results are the results. `counts` says for
    each mean and for moments how many elements a device has reduced, as extents; where that is 0 its partial result counts for
    nothing. The others have none.

    `joins` lists the symbols that are shares of a sharded extent, and `expected` what they must come to on all devices, -1 where the
    graph does not say. The first collective of a plan has them, if any has: it sends the values of all of the plan's symbols, of which those
    that are not joined must agree. Afterwards the plan has more symbols, counted on from its own: for each joined symbol the sum over the
    devices, then the sum over those before this one; at the end the rank of this device.

    Constraints:
    - (c1) for each monoid there is a partial result of f64 and a result of its type; for moments there are two, the mean and the sum of
      squared deviations;
    - (c2) each partial result is the result of a kernel or of a collective;
    - (c3) there is a list of counts for each monoid, not empty for mean and moments alone, of extents that are not negative and of
      the plan's own symbols;
    - (c4) `joins` lists symbols of the plan in ascending order, and `expected` has a number for each;
    - (c5) a `kernel.bytes` on it is what a device sends, 8 bytes for each number.

    Example:
    ```mlir
    kernel.plan @total(%x: tensor<?x8xf32> {kernel.name = "x", kernel.extents = array<i64: -1, 8>})
        -> (tensor<1x8xf32> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
      %here = kernel.kernel "here" space [-1, 8] parallel [1] {
        %sum = kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
          %0 = kernel.load %x : tensor<?x8xf32>
          kernel.yield %0 : f32
        } : f64
        kernel.store %sum to 0 : f64
      } : tensor<1x8xf64>
      %all = kernel.collective "total" monoids [#kernel.monoid<sum>] counts [array<i64>] joins [0] expected [-1] %here
          : (tensor<1x8xf64>) -> tensor<1x8xf64>
      %y = kernel.kernel "y" space [1, 8] parallel [0, 1] {
        %0 = kernel.load %all : tensor<1x8xf64>
        %1 = arith.truncf %0 : f64 to f32
        kernel.store %1 to 0 : f32
      } : tensor<1x8xf32>
      kernel.return %y : tensor<1x8xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, TypedArrayAttrBase<Kernel_MonoidAttr, "monoids">:$monoids,
                       TypedArrayAttrBase<DenseI64ArrayAttr, "counts">:$counts, DenseI64ArrayAttr:$joins,
                       DenseI64ArrayAttr:$expected, Variadic<AnyRankedTensor>:$partials);
  let results = (outs Variadic<AnyRankedTensor>:$merged);
  let assemblyFormat = [{
    $name `monoids` $monoids `counts` $counts `joins` $joins `expected` $expected ($partials^)? attr-dict `:`
    functional-type($partials, $merged)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::normc::kernel::Monoid getMonoid(unsigned index) {
      return ::llvm::cast<MonoidAttr>(getMonoids()[index]).getValue();
    }
    ::llvm::ArrayRef<int64_t> getCount(unsigned index) {
      return ::llvm::cast<::mlir::DenseI64ArrayAttr>(getCounts()[index]).asArrayRef();
    }
  }];
}

//===----------------------------------------------------------------------===//
// Kernels and sweeps
//===----------------------------------------------------------------------===//

def KernelOp : Kernel_Op<"kernel", [HasParent<"PlanOp">, SingleBlock, NoTerminator, RecursiveMemoryEffects,
                                    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "a computation over a space of points";
  let description = [{
    `space` gives the extents along which the kernel moves, -1 - k standing for symbol k of the plan. The body runs once
    for each point of the axes in `parallel`, in any order.

    Constraints:
    - (c1) `parallel` lists axes of the space in ascending order;
    - (c2) each tensor loaded or stored has the rank of the space, and along each axis an extent of 1 or the space's;
    - (c3) each result is stored or accumulated exactly once;
    - (c4) a `kernel.certificate` on it is the one that `certify-kernels` would set.

    Example: see `kernel.plan`.
  }];
  let arguments = (ins StrAttr:$name, DenseI64ArrayAttr:$space, DenseI64ArrayAttr:$parallel);
  let results = (outs Variadic<AnyRankedTensor>:$tensors);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{ $name `space` $space `parallel` $parallel $body (`:` type($tensors)^)? attr-dict }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def SweepOp : Kernel_Op<"sweep", [SingleBlock, RecursiveMemoryEffects, ParentOneOf<["KernelOp"]>]> {
  let summary = "a visit to every point along some axes";
  let description = [{
    The body runs for each point of `axes` and yields one scalar for each monoid. The results are what the monoids come to,
    in f64: sum (of nothing: 0), max (minus infinity), min (infinity), mean (NaN), and moments, which has two: the mean and
    the sum of squared deviations from it (0). max and min are NaN if one scalar is. The order in which points are
    accumulated, and in what type, is that of `dialects/Kernel/README.md`.

    Constraints:
    - (c1) `axes` are axes of the kernel's space that are not parallel, in ascending order;
    - (c2) there is a yielded scalar, f32 or f64, for each monoid, and an f64 result, for moments two.

    Example:
    ```mlir
    kernel.plan @total(%x: tensor<4x8xf64> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
        -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
      %y = kernel.kernel "y" space [4, 8] parallel [1] {
        %0 = kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
          %1 = kernel.load %x : tensor<4x8xf64>
          kernel.yield %1 : f64
        } : f64
        kernel.store %0 to 0 : f64
      } : tensor<1x8xf64>
      kernel.return %y : tensor<1x8xf64>
    }
    ```
  }];
  let arguments = (ins DenseI64ArrayAttr:$axes, TypedArrayAttrBase<Kernel_MonoidAttr, "monoids">:$monoids);
  let results = (outs Variadic<Kernel_Scalar>:$values);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{ `over` $axes `monoids` $monoids $body (`:` type($values)^)? attr-dict }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::normc::kernel::Monoid getMonoid(unsigned index) {
      return ::llvm::cast<MonoidAttr>(getMonoids()[index]).getValue();
    }
    /// The first result of a monoid.
    ::mlir::Value getResultOf(unsigned index);
    /// The monoid that a result belongs to.
    unsigned getMonoidOf(::mlir::OpResult result);
    YieldOp getYield();
  }];
}

def YieldOp : Kernel_Op<"yield", [Terminator, Pure, HasParent<"SweepOp">]> {
  let summary = "the scalars that a sweep accumulates at a point";
  let description = [{ Ends a sweep. }];
  let arguments = (ins Variadic<Kernel_Scalar>:$values);
  let assemblyFormat = [{ ($values^ `:` type($values))? attr-dict }];
}

//===----------------------------------------------------------------------===//
// At a point
//===----------------------------------------------------------------------===//

def LoadOp : Kernel_Op<"load", [MemoryEffects<[MemRead]>, TypesMatchWith<"a load yields an element", "tensor", "result",
                                "::llvm::cast<::mlir::RankedTensorType>($_self).getElementType()">]> {
  let summary = "the element of a tensor at the current point";
  let description = [{ Along axes where the tensor's extent is 1 it is read at 0. Example: see `kernel.plan`. }];
  let arguments = (ins AnyRankedTensor:$tensor);
  let results = (outs Kernel_Scalar:$result);
  let assemblyFormat = [{ $tensor attr-dict `:` type($tensor) }];
}

def StoreOp : Kernel_Op<"store", [MemoryEffects<[MemWrite]>]> {
  let summary = "writes the current point of a kernel's result";
  let description = [{
    Constraints:
    - (c1) `result` is less than the number of results of the kernel, and the scalar has that result's element type.

    Example: see `kernel.plan`.
  }];
  let arguments = (ins Kernel_Scalar:$value, I64Attr:$result);
  let assemblyFormat = [{ $value `to` $result attr-dict `:` type($value) }];
  let hasVerifier = 1;
}

def AccumulateOp : Kernel_Op<"accumulate", [MemoryEffects<[MemWrite]>]> {
  let summary = "a sum over the parallel axes, which rides along";
  let description = [{
    The element of the kernel's result at the current point, along the axes of the sweep, is the sum of the scalars that
    all parallel points bring to it, rounded once. The order is that of a sweep over the parallel axes.

    Constraints:
    - (c1) it stands in a sweep of a kernel whose parallel axes come before those of the sweep;
    - (c2) `result` is less than the number of results of the kernel and varies along axes of the sweep only;
    - (c3) the scalar is f32 or f64, and the result has floating-point elements.
  }];
  let arguments = (ins Kernel_Scalar:$value, I64Attr:$result);
  let assemblyFormat = [{ $value `to` $result attr-dict `:` type($value) }];
  let hasVerifier = 1;
}

def RestOp : Kernel_Op<"rest", [Pure]> {
  let summary = "what f32 leaves of an f64";
  let description = [{
    `f32(g - f32(g))`, 0 where that is not finite. A mean g that is subtracted from f32 is subtracted in two parts: (x - f32(g)) - rest.
  }];
  let arguments = (ins F64:$value);
  let results = (outs F32:$result);
  let assemblyFormat = [{ $value attr-dict }];
}

def KeepOp : Kernel_Op<"keep", [MemoryEffects<[MemWrite]>]> {
  let summary = "keeps a scalar of each point for a later sweep";
  let description = [{
    What costs much to compute is kept on chip, point by point, for a later sweep over the same axes: it reads the scalar by `kernel.kept`.

    Constraints:
    - (c1) it stands in a sweep, and no other op of the kernel keeps the same slot.
  }];
  let arguments = (ins Kernel_Scalar:$value, I64Attr:$slot);
  let assemblyFormat = [{ $value `in` $slot attr-dict `:` type($value) }];
  let hasVerifier = 1;
}

def KeptOp : Kernel_Op<"kept", [MemoryEffects<[MemRead]>]> {
  let summary = "the scalar that an earlier sweep kept for this point";
  let description = [{
    Constraints:
    - (c1) an earlier sweep of the kernel, over the same axes, keeps a scalar of this type in the slot.
  }];
  let arguments = (ins I64Attr:$slot);
  let results = (outs Kernel_Scalar:$result);
  let assemblyFormat = [{ $slot attr-dict `:` type($result) }];
  let hasVerifier = 1;
}

def IndexOp : Kernel_Op<"index", [Pure]> {
  let summary = "the position along an axis of the space";
  let description = [{
    Constraints:
    - (c1) `axis` is an axis of the kernel's space.
  }];
  let arguments = (ins I64Attr:$axis);
  let results = (outs I64:$result);
  let assemblyFormat = [{ $axis attr-dict }];
  let hasVerifier = 1;
}

def CountOp : Kernel_Op<"count", [Pure]> {
  let summary = "a product of extents";
  let description = [{ The product of `extents`, where -1 - k stands for symbol k of the plan. }];
  let arguments = (ins DenseI64ArrayAttr:$extents);
  let results = (outs I64:$result);
  let assemblyFormat = [{ $extents attr-dict }];
}

def SigmoidOp : Kernel_Op<"sigmoid", [Pure, SameOperandsAndResultType]> {
  let summary = "1 / (1 + e^-x)";
  let description = [{
    The one elementary function that normalizations need and `math` has not. As an op of its own it keeps its accuracy where
    e^-x overflows.

    Constraints:
    - (c1) the operand is f32 or f64, and the result has its type.

    Example:
    ```mlir
    kernel.plan @gate(%x: tensor<8xf32> {kernel.name = "x", kernel.extents = array<i64: 8>})
        -> (tensor<8xf32> {kernel.name = "y", kernel.extents = array<i64: 8>}) {
      %y = kernel.kernel "y" space [8] parallel [0] {
        %0 = kernel.load %x : tensor<8xf32>
        %1 = kernel.sigmoid %0 : f32
        kernel.store %1 to 0 : f32
      } : tensor<8xf32>
      kernel.return %y : tensor<8xf32>
    }
    ```
  }];
  let arguments = (ins AnyTypeOf<[F32, F64]>:$operand);
  let results = (outs AnyTypeOf<[F32, F64]>:$result);
  let assemblyFormat = [{ $operand attr-dict `:` type($result) }];
}

#endif // NORMC_DIALECTS_KERNEL_KERNELOPS_TD
