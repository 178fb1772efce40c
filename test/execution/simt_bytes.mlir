// What the simt device counts is what is certified, also where runs are longer than a chunk (2,048 points) or groups have more than 32 of
// them, at odd extents, where several blocks share a group, and for operands that vary along some of the axes only: those that vary
// along the parallel axes alone are read once a group; those that vary from run to run are read once for each piece of a run, and
// stay under their bound.
//
// RUN: env NORMC_CXXFLAGS=-O0 %python %S/check_simt.py %t %s rows_grad f32:3x5001 f32:3x1 f32:3x5001 \
// RUN:   and rows_grad f32:40x77 f32:40x1 f32:40x77 \
// RUN:   and planes_grad f32:2x3x4100 f32:2x3x1 f32:1x3x1 f32:2x3x4100 \
// RUN:   and planes_grad f32:37x3x65 f32:37x3x1 f32:1x3x1 f32:37x3x65 \
// RUN:   and columns_grad f32:2101x5 f32:1x5 f32:2101x1 f32:2101x5 \
// RUN:   and vocabulary f16:3x4099 i32:3x1 \
// RUN:   and doubles f64:3x4098 \
// RUN:   and halves f16:35x2050 \
// RUN:   and brains bf16:33x130

func.func @rows(%x: tensor<?x?xf32>, %w: tensor<?x1xf32>) -> tensor<?x?xf32> {
  %a = norm.mul %x, %w : tensor<?x?xf32>, tensor<?x1xf32>
  %e = norm.tanh %a : tensor<?x?xf32>
  %m = norm.mean %e over [1] : tensor<?x?xf32>
  %d = norm.sub %e, %m : tensor<?x?xf32>, tensor<?x1xf32>
  return %d : tensor<?x?xf32>
}
norm.gradient @rows_grad of @rows wrt [0, 1]

func.func @planes(%x: tensor<?x3x?xf32>, %w: tensor<?x3x1xf32>, %v: tensor<1x3x1xf32>) -> tensor<?x3x?xf32> {
  %a = norm.mul %x, %w : tensor<?x3x?xf32>, tensor<?x3x1xf32>
  %b = norm.add %a, %v : tensor<?x3x?xf32>, tensor<1x3x1xf32>
  %e = norm.tanh %b : tensor<?x3x?xf32>
  %m = norm.mean %e over [0, 2] : tensor<?x3x?xf32>
  %d = norm.sub %e, %m : tensor<?x3x?xf32>, tensor<1x3x1xf32>
  return %d : tensor<?x3x?xf32>
}
norm.gradient @planes_grad of @planes wrt [0, 1, 2]

func.func @columns(%x: tensor<?x?xf32>, %w: tensor<1x?xf32>, %v: tensor<?x1xf32>) -> tensor<?x?xf32> {
  %a = norm.mul %x, %w : tensor<?x?xf32>, tensor<1x?xf32>
  %b = norm.add %a, %v : tensor<?x?xf32>, tensor<?x1xf32>
  %e = norm.tanh %b : tensor<?x?xf32>
  %m = norm.mean %e over [0] : tensor<?x?xf32>
  %d = norm.sub %e, %m : tensor<?x?xf32>, tensor<1x?xf32>
  return %d : tensor<?x?xf32>
}
norm.gradient @columns_grad of @columns wrt [0, 1, 2]

// A classifier's loss: labels, and what is known of each row, vary from run to run.
func.func @vocabulary(%logits: tensor<?x4099xf16>, %labels: tensor<?x1xi32>) -> tensor<1x1xf16> {
  %logp = norm.log_softmax %logits over [1] : tensor<?x4099xf16>
  %at   = norm.index 1 of %logits : tensor<?x4099xf16> to i32
  %hit  = norm.compare eq %at, %labels : tensor<1x4099xi32>, tensor<?x1xi32>
  %none = norm.constant 0.0 : tensor<1x1xf16>
  %own  = norm.select %hit, %logp, %none : tensor<?x4099xi1>, tensor<?x4099xf16>, tensor<1x1xf16>
  %sum  = norm.sum %own over [0, 1] : tensor<?x4099xf16>
  return %sum : tensor<1x1xf16>
}

func.func @doubles(%x: tensor<?x4098xf64>) -> tensor<?x4098xf64> {
  %y = norm.layer_norm %x over [1] {eps = 1.0e-5} : tensor<?x4098xf64>
  return %y : tensor<?x4098xf64>
}

func.func @halves(%x: tensor<?x2050xf16>) -> tensor<?x2050xf16> {
  %y = norm.softmax %x over [0] : tensor<?x2050xf16>
  return %y : tensor<?x2050xf16>
}

func.func @brains(%x: tensor<?x130xbf16>) -> tensor<?x130xbf16> {
  %y = norm.layer_norm %x over [1] {eps = 1.0e-5} : tensor<?x130xbf16>
  return %y : tensor<?x130xbf16>
}
