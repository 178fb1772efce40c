//===- NormLayers.td - named layers, expanded first ---------*- tablegen -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NORMC_DIALECTS_NORM_NORMLAYERS_TD
#define NORMC_DIALECTS_NORM_NORMLAYERS_TD

include "dialects/Norm/NormBase.td"

//===----------------------------------------------------------------------===//
// Normalizations
//===----------------------------------------------------------------------===//

class Norm_Normalization<string mnemonic, string what, string formula, string example>
    : Norm_Layer<mnemonic, "inferNormalization(location, operands, adaptor.getAxesAttr())"> {
  let summary = what;
  let description = "Formula: `result = " # formula # [{`, moments over `axes`. Shift, or scale and shift, may be left out.

    Constraints:
    - (c1) the operands are tensors of rank 1 to 8 of f16, bf16, f32 or f64, of one element type and one rank;
    - (c2) at most a scale and a shift follow the input;
    - (c3) along each axis the extents of scale and shift are 1 or agree with the input's, which is not repeated;
    - (c4) `axes` is not empty, each axis is at least 0 and less than the rank, none is repeated;
    - (c5) `eps` is not negative, and representable in f32, or in f64 where the operands are f64.

    Example:
    ```mlir
    }] # example # [{
    ```
  }];
  let arguments = (ins Norm_Float:$input, Variadic<Norm_Float>:$parameters, DenseI64ArrayAttr:$axes,
                       DefaultValuedAttr<F64Attr, "1.0e-5">:$eps);
  let results = (outs Norm_Float:$result);
  let assemblyFormat = [{
    custom<Name>("result") `` $input (`,` $parameters^)? `over` $axes `` custom<Settings>(attr-dict, "result") `:`
    type($input) (`,` type($parameters)^)?
  }];
  let hasVerifier = 1;
}

def BatchNormOp : Norm_Normalization<"batch_norm", "batch normalization, in training mode",
    "scale (x - mean) / sqrt(variance + eps) + shift", [{
    func.func @example(%x: tensor<8x64x7x7xf32>, %gamma: tensor<1x64x1x1xf32>, %beta: tensor<1x64x1x1xf32>)
        -> tensor<8x64x7x7xf32> {
      %y = norm.batch_norm %x, %gamma, %beta over [0, 2, 3] {eps = 1.0e-5}
           : tensor<8x64x7x7xf32>, tensor<1x64x1x1xf32>, tensor<1x64x1x1xf32>
      return %y : tensor<8x64x7x7xf32>
    } }]>;
def LayerNormOp : Norm_Normalization<"layer_norm", "layer normalization",
    "scale (x - mean) / sqrt(variance + eps) + shift", [{
    func.func @example(%x: tensor<32x768xf32>, %gamma: tensor<1x768xf32>, %beta: tensor<1x768xf32>)
        -> tensor<32x768xf32> {
      %y = norm.layer_norm %x, %gamma, %beta over [1] {eps = 1.0e-5}
           : tensor<32x768xf32>, tensor<1x768xf32>, tensor<1x768xf32>
      return %y : tensor<32x768xf32>
    } }]>;
def GroupNormOp : Norm_Normalization<"group_norm", "group normalization, the channels split into two axes",
    "scale (x - mean) / sqrt(variance + eps) + shift", [{
    func.func @example(%x: tensor<4x8x32x7x7xf32>, %gamma: tensor<1x8x32x1x1xf32>, %beta: tensor<1x8x32x1x1xf32>)
        -> tensor<4x8x32x7x7xf32> {
      %y = norm.group_norm %x, %gamma, %beta over [2, 3, 4] {eps = 1.0e-5}
           : tensor<4x8x32x7x7xf32>, tensor<1x8x32x1x1xf32>, tensor<1x8x32x1x1xf32>
      return %y : tensor<4x8x32x7x7xf32>
    } }]>;
def InstanceNormOp : Norm_Normalization<"instance_norm", "instance normalization",
    "scale (x - mean) / sqrt(variance + eps) + shift", [{
    func.func @example(%x: tensor<4x64x28x28xf32>) -> tensor<4x64x28x28xf32> {
      %y = norm.instance_norm %x over [2, 3] {eps = 1.0e-5} : tensor<4x64x28x28xf32>
      return %y : tensor<4x64x28x28xf32>
    } }]>;
def RmsNormOp : Norm_Normalization<"rms_norm", "root mean square normalization",
    "scale x / sqrt(mean(x^2) + eps) + shift", [{
    func.func @example(%x: tensor<32x768xf32>, %gamma: tensor<1x768xf32>) -> tensor<32x768xf32> {
      %y = norm.rms_norm %x, %gamma over [1] {eps = 1.0e-6} : tensor<32x768xf32>, tensor<1x768xf32>
      return %y : tensor<32x768xf32>
    } }]>;

//===----------------------------------------------------------------------===//
// Softmax and variance
//===----------------------------------------------------------------------===//

class Norm_AxesLayer<string mnemonic, string infer, string what, string formula, string resultType>
    : Norm_Layer<mnemonic, infer> {
  let summary = what;
  let description = "Formula: `result = " # formula # [{`.

    Constraints:
    - (c1) the operand is a tensor of rank 1 to 8 of f16, bf16, f32 or f64;
    - (c2) `axes` is not empty, each axis is at least 0 and less than the rank, none is repeated.

    Example:
    ```mlir
    func.func @example(%x: tensor<32x10xf32>) -> }] # resultType # [{ {
      %y = norm.}] # mnemonic # [{ %x over [1] : tensor<32x10xf32>
      return %y : }] # resultType # [{
    }
    ```
  }];
  let arguments = (ins Norm_Float:$operand, DenseI64ArrayAttr:$axes);
  let results = (outs Norm_Float:$result);
  let assemblyFormat = [{
    custom<Name>("result") `` $operand `over` $axes `` custom<Settings>(attr-dict, "result") `:` type($operand)
  }];
}

def SoftmaxOp : Norm_AxesLayer<"softmax", "inferLike(location, adaptor.getOperand(), adaptor.getAxesAttr())", "softmax",
                               "e^(x - m) / sum of e^(x - m) over axes, m the maximum of x over axes", "tensor<32x10xf32>">;
def LogSoftmaxOp : Norm_AxesLayer<"log_softmax", "inferLike(location, adaptor.getOperand(), adaptor.getAxesAttr())",
                                  "logarithm of softmax", "x - m - log(sum of e^(x - m) over axes)",
                                  "tensor<32x10xf32>">;
def VarianceOp : Norm_AxesLayer<"variance", "inferReduction(location, adaptor.getOperand(), adaptor.getAxesAttr())",
                                "variance over axes, divided by n", "mean of (x - mean of x)^2 over axes",
                                "tensor<32x1xf32>">;

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

class Norm_Activation<string mnemonic, string what, string formula, string setting, string constraint = "">
    : Norm_Layer<mnemonic, "inferElementwise(location, operands)"> {
  let summary = what;
  let description = "Formula: `result = " # formula # [{`, elementwise.

    Constraints:
    - (c1) the operand is a tensor of rank 1 to 8 of f16, bf16, f32 or f64}] # constraint # [{.

    Example:
    ```mlir
    func.func @example(%x: tensor<32x64xf32>) -> tensor<32x64xf32> {
      %y = norm.}] # mnemonic # [{ %x}] # setting # [{ : tensor<32x64xf32>
      return %y : tensor<32x64xf32>
    }
    ```
  }];
  let arguments = (ins Norm_Float:$operand);
  let results = (outs Norm_Float:$result);
  let assemblyFormat = [{
    custom<Name>("result") `` $operand `` custom<Settings>(attr-dict, "result") `:` type($operand)
  }];
}

def ReluOp : Norm_Activation<"relu", "rectified linear unit", "x where x > 0, else 0; the gradient at 0 is 0", "">;
def LeakyReluOp : Norm_Activation<"leaky_relu", "leaky rectified linear unit", "x where x > 0, else slope x",
                                  " {slope = 0.01}", ";\n    - (c2) `slope` is representable in f32, in f64 for f64"> {
  let arguments = (ins Norm_Float:$operand, DefaultValuedAttr<F64Attr, "0.01">:$slope);
  let hasVerifier = 1;
}
def EluOp : Norm_Activation<"elu", "exponential linear unit", "x where x > 0, else alpha (e^x - 1)", " {alpha = 1.0}",
                            ";\n    - (c2) `alpha` is representable in f32, in f64 for f64"> {
  let arguments = (ins Norm_Float:$operand, DefaultValuedAttr<F64Attr, "1.0">:$alpha);
  let hasVerifier = 1;
}
def SiluOp : Norm_Activation<"silu", "sigmoid linear unit", "x / (1 + e^(-x))", "">;
def GeluOp : Norm_Activation<"gelu", "Gaussian error linear unit", "x/2 (1 + erf(x / sqrt(2)))", "">;

#endif // NORMC_DIALECTS_NORM_NORMLAYERS_TD
