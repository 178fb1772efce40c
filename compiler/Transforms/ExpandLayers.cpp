//===- ExpandLayers.cpp - replace named layers by primitives -------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Passes.h"

using namespace mlir;

namespace normc {

#define GEN_PASS_DEF_EXPANDLAYERS
#include "compiler/Transforms/Passes.h.inc"

namespace {

struct ExpandLayersPass : impl::ExpandLayersBase<ExpandLayersPass> {
  void runOnOperation() override {
    SmallVector<norm::LayerOpInterface> layers;
    getOperation().walk([&](norm::LayerOpInterface layer) { layers.push_back(layer); });
    for (norm::LayerOpInterface layer : layers) {
      ImplicitLocOpBuilder builder(layer->getLoc(), layer);
      layer->getResult(0).replaceAllUsesWith(layer.expand(builder));
      layer->erase();
    }
  }
};

} // namespace
} // namespace normc
