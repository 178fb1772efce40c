// Values of rank 1, 6 and 8, with reductions over inner, outer and all axes.

// RUN: %python %S/check_agreement.py %s %t --sizes 0=7 2=3 5=4 7=2 --types f32 f64

func.func @rank1(%x: tensor<?xf32>, %gamma: tensor<1xf32>) -> tensor<?xf32> {
  %y = norm.layer_norm %x, %gamma over [0] : tensor<?xf32>, tensor<1xf32>
  return %y : tensor<?xf32>
}
norm.gradient @rank1_grad of @rank1 wrt [0, 1]

func.func @rank1_static(%x: tensor<9xf32>) -> tensor<9xf32> {
  %y = norm.softmax %x over [0] : tensor<9xf32>
  return %y : tensor<9xf32>
}
norm.gradient @rank1_static_grad of @rank1_static wrt [0]

func.func @rank6(%x: tensor<?x2x?x1x3x?xf32>, %gamma: tensor<1x2x1x1x3x1xf32>) -> tensor<?x2x?x1x3x?xf32> {
  %y = norm.batch_norm %x, %gamma over [0, 2, 5] : tensor<?x2x?x1x3x?xf32>, tensor<1x2x1x1x3x1xf32>
  return %y : tensor<?x2x?x1x3x?xf32>
}
norm.gradient @rank6_grad of @rank6 wrt [0, 1]

func.func @rank6_middle(%x: tensor<?x2x?x1x3x?xf32>) -> (tensor<?x1x?x1x1x?xf32>, tensor<1x2x1x1x3x1xf32>) {
  %inner = norm.mean %x over [1, 4] : tensor<?x2x?x1x3x?xf32>
  %outer = norm.max_over %x over [5, 0, 2] : tensor<?x2x?x1x3x?xf32>
  return %inner, %outer : tensor<?x1x?x1x1x?xf32>, tensor<1x2x1x1x3x1xf32>
}
norm.gradient @rank6_middle_grad of @rank6_middle wrt [0]

func.func @rank8(%x: tensor<2x1x3x2x1x2x3x?xf32>, %gamma: tensor<1x1x3x1x1x2x1x?xf32>)
    -> tensor<2x1x3x2x1x2x3x?xf32> {
  %y = norm.layer_norm %x, %gamma over [2, 5, 7] : tensor<2x1x3x2x1x2x3x?xf32>, tensor<1x1x3x1x1x2x1x?xf32>
  return %y : tensor<2x1x3x2x1x2x3x?xf32>
}
norm.gradient @rank8_grad of @rank8 wrt [0, 1]

func.func @rank8_all(%x: tensor<2x1x3x2x1x2x3x?xf32>) -> tensor<1x1x1x1x1x1x1x1xf32> {
  %s = norm.sum %x over [0, 1, 2, 3, 4, 5, 6, 7] : tensor<2x1x3x2x1x2x3x?xf32>
  %y = norm.square %s : tensor<1x1x1x1x1x1x1x1xf32>
  return %y : tensor<1x1x1x1x1x1x1x1xf32>
}
norm.gradient @rank8_all_grad of @rank8_all wrt [0]
