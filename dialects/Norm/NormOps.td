//===- NormOps.td - every op of the norm dialect ------------*- tablegen -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NORMC_DIALECTS_NORM_NORMOPS_TD
#define NORMC_DIALECTS_NORM_NORMOPS_TD

include "dialects/Norm/NormLayers.td"
include "dialects/Norm/NormPrimitives.td"

def GradientOp : Op<NormDialect, "gradient", [Symbol, Norm_DeclaredAttributes,
                                              DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "the gradient of a function, to be derived";
  let description = [{
    Formula: `g(arguments of f, cotangents) = (results of f, gradients)`: one cotangent for each floating-point result
    of f that is not `norm.updates`; gradients in the order of `wrt`, of which each number counts the arguments of f. f
    may be another gradient. `save` says what the forward keeps for the backward: "auto" (the default), what costs
    least to write; "all", every intermediate that the chain rule uses.

    Constraints:
    - (c1) `of` names a function or a gradient of this module, and no gradient is its own function, however far;
    - (c2) `wrt` is not empty, each number is at least 0 and less than the number of arguments, none is repeated;
    - (c3) each argument of `wrt` has a floating-point element type;
    - (c4) `save` is "auto" or "all".

    Example:
    ```mlir
    func.func @f(%x: tensor<32x64xf32>) -> tensor<32x64xf32> {
      %y = norm.square %x : tensor<32x64xf32>
      return %y : tensor<32x64xf32>
    }
    norm.gradient @f_grad of @f wrt [0] {save = "all"}
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$function, DenseI64ArrayAttr:$wrt,
                       DefaultValuedStrAttr<StrAttr, "auto">:$save);
  let assemblyFormat = [{ $sym_name `of` $function `wrt` $wrt `` custom<Settings>(attr-dict, "result") }];
  let extraClassDeclaration = [{
    static constexpr int result = 0; // for the directive `Settings`
  }];
  let hasVerifier = 1;
}

def PairOp : Op<NormDialect, "pair", [Symbol, Norm_DeclaredAttributes]> {
  let summary = "a gradient, split into a forward and a backward; written by passes";
  let description = [{
    Runs `forward`, then `backward`, as the joint function of the gradient: `signature` is its type, `names` and
    `extents` are those of its arguments, then of its results. An extent of -1 - k stands for symbol k.

    Constraints:
    - (c1) there is a name and a list of extents for each argument and each result.

    Example:
    ```mlir
    norm.pair @g of @g_forward, @g_backward : (tensor<?x4xf32>, tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>)
      names ["x", "dy", "y", "dx"] extents [array<i64: -1, 4>, array<i64: -1, 4>, array<i64: -1, 4>, array<i64: -1, 4>]
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$forward, FlatSymbolRefAttr:$backward,
                       TypeAttrOf<FunctionType>:$signature, StrArrayAttr:$names,
                       TypedArrayAttrBase<DenseI64ArrayAttr, "lists of extents">:$extents);
  let assemblyFormat = [{
    $sym_name `of` $forward `,` $backward `:` $signature `names` $names `extents` $extents
    `` custom<Settings>(attr-dict, "result")
  }];
  let extraClassDeclaration = [{
    static constexpr int result = 0; // for the directive `Settings`
  }];
  let hasVerifier = 1;
}

#endif // NORMC_DIALECTS_NORM_NORMOPS_TD
