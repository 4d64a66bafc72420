"""The region network: detectron2's R-CNN for boxes, with a dense head beside it for outlines.

Boxes come from the region proposal network and the box head, as in Faster R-CNN. Outlines come
from a semantic FPN head at a quarter of the input's side, one sigmoid channel a label, because a
28x28 mask head is too coarse to measure with and because labels overlap (the septum lies in the
myocardium).

Real masks name only some structures. `known` says which labels an image's masks speak of: the dense
loss skips the others, and the box head is not punished for finding a structure nobody outlined.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from detectron2.layers import ShapeSpec
from detectron2.modeling import FPN, GeneralizedRCNN
from detectron2.modeling.anchor_generator import DefaultAnchorGenerator
from detectron2.modeling.backbone.fpn import LastLevelMaxPool
from detectron2.modeling.box_regression import Box2BoxTransform
from detectron2.modeling.matcher import Matcher
from detectron2.modeling.meta_arch.semantic_seg import SemSegFPNHead
from detectron2.modeling.poolers import ROIPooler
from detectron2.modeling.proposal_generator import RPN
from detectron2.modeling.proposal_generator.rpn import StandardRPNHead
from detectron2.modeling.roi_heads import FastRCNNConvFCHead, FastRCNNOutputLayers
from detectron2.modeling.roi_heads.roi_heads import StandardROIHeads
from detectron2.structures import Boxes, ImageList, Instances
from torch import nn

from core.domain import RegionLabel
from core.recognition.timm_backbone import TimmBackbone

LABELS = tuple(RegionLabel)
CHANNELS = 64
FPN_LEVELS = ("p2", "p3", "p4", "p5")
STRIDE = 4


@dataclass(frozen=True, slots=True, eq=False)
class RegionTargets:
    """What is known of a batch.

    Attributes:
        masks: uint8 [B, 16, S, S], 0 or 1, in the order of `LABELS`.
        known: bool [B, 16]; False where the image's annotation does not speak of the label.
    """

    masks: torch.Tensor
    known: torch.Tensor


class PartialLabelBoxHead(FastRCNNOutputLayers):
    """Box head whose background may be any label that the image's annotation does not speak of."""

    def losses(
        self, predictions: tuple[torch.Tensor, torch.Tensor], proposals: list[Instances]
    ) -> dict[str, torch.Tensor]:
        scores, deltas = predictions
        classes = torch.cat([p.gt_classes for p in proposals])
        unknown = torch.cat([p.unknown for p in proposals])  # bool [N, 16]
        log_p = F.log_softmax(scores, dim=1)
        background = classes == self.num_classes
        # -log of the summed probability of background and all unnamed labels.
        allowed = torch.cat([unknown, torch.ones_like(unknown[:, :1])], dim=1)
        as_background = torch.logsumexp(log_p.masked_fill(~allowed, -torch.inf), dim=1)
        picked = log_p.gather(1, classes[:, None]).squeeze(1)
        proposal_boxes = torch.cat([p.proposal_boxes.tensor for p in proposals])
        gt_boxes = torch.cat(
            [(p.gt_boxes if p.has("gt_boxes") else p.proposal_boxes).tensor for p in proposals]
        )
        return {
            "loss_cls": -torch.where(background, as_background, picked).mean(),
            "loss_box_reg": self.box_reg_loss(proposal_boxes, gt_boxes, deltas, classes),
        }


class PartialLabelRoiHeads(StandardROIHeads):
    """Standard box branch; carries each image's unknown labels on to the box head's loss."""

    def label_and_sample_proposals(
        self, proposals: list[Instances], targets: list[Instances]
    ) -> list[Instances]:
        unknown = [target._unknown_row for target in targets]
        bare = []
        for target in targets:
            fields = Instances(target.image_size)
            fields.gt_boxes = target.gt_boxes
            fields.gt_classes = target.gt_classes
            bare.append(fields)
        sampled = super().label_and_sample_proposals(proposals, bare)
        for instances, row in zip(sampled, unknown, strict=True):
            instances.unknown = row[None].expand(len(instances), -1)
        return list(sampled)


class DenseHead(SemSegFPNHead):
    """Semantic FPN head with one independent (sigmoid) channel a label."""

    def scene(self, features: dict[str, torch.Tensor]) -> torch.Tensor:
        """What all levels say together, before it is told apart by label: [B, 64, S/4, S/4]."""
        levels = zip(self.scale_heads, self.in_features, strict=True)
        return torch.stack([head(features[level]) for head, level in levels]).sum(dim=0)

    def layers(self, features: dict[str, torch.Tensor]) -> torch.Tensor:
        return self.predictor(self.scene(features))

    def losses(self, predictions: torch.Tensor, targets: RegionTargets) -> dict[str, torch.Tensor]:
        """Cross entropy and soft Dice over the known labels, at half the side of the masks: fine
        enough for a leaflet, and a quarter of the work."""
        logits = F.interpolate(
            predictions.float(), scale_factor=STRIDE // 2, mode="bilinear", align_corners=False
        )
        masks = F.avg_pool2d(targets.masks.float(), 2)
        known = targets.known.float()
        total = known.sum().clamp(min=1)
        entropy = F.binary_cross_entropy_with_logits(logits, masks, reduction="none")
        entropy = (entropy.mean(dim=(2, 3)) * known).sum() / total
        p = logits.sigmoid()
        # A label that is absent from an image has no Dice to speak of: cross entropy alone drives
        # it.
        present = known * (masks.sum(dim=(2, 3)) > 0)
        dice = 1 - (2 * (p * masks).sum(dim=(2, 3)) + 1) / ((p + masks).sum(dim=(2, 3)) + 1)
        dice = (dice * present).sum() / present.sum().clamp(min=1)
        return {"loss_dense_bce": 4 * entropy, "loss_dense_dice": dice}


class Trunk(nn.Module):
    """The part that every frame goes through: pyramid, scene and dense logits, without boxes."""

    def __init__(self, net: "RegionNet") -> None:
        super().__init__()
        self.backbone, self.dense_head = net.backbone, net.dense_head

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """float [B, 1, S, S], normalised, to the logits [B, 16, S/4, S/4], the scene
        [B, 64, S/4, S/4], and p2 to p5 [B, 64, S/4 ... S/32]."""
        features = self.backbone(image)
        scene = self.dense_head.scene(features)
        logits = self.dense_head.predictor(scene)
        return (logits, scene, *(features[level] for level in FPN_LEVELS))

    def scene(self, image: torch.Tensor) -> torch.Tensor:
        """float [B, 1, S, S], normalised, to what is known of each place, [B, 64, S/4, S/4]."""
        return self.dense_head.scene(self.backbone(image))

    def losses(self, scene: torch.Tensor, targets: RegionTargets) -> dict[str, torch.Tensor]:
        """Of the outlines that are drawn from a scene."""
        return self.dense_head.losses(self.dense_head.predictor(scene), targets)


class RegionNet(GeneralizedRCNN):
    """Faster R-CNN over a timm backbone with FPN, with a dense head on the same features."""

    def __init__(self) -> None:
        backbone = FPN(
            TimmBackbone(),
            ["c2", "c3", "c4", "c5"],
            CHANNELS,
            norm="GN",
            top_block=LastLevelMaxPool(),
        )
        shapes = backbone.output_shape()
        levels = [*FPN_LEVELS, "p6"]
        transform = (1.0, 1.0, 1.0, 1.0)
        proposal_generator = RPN(
            in_features=levels,
            head=StandardRPNHead(in_channels=CHANNELS, num_anchors=3),
            anchor_generator=DefaultAnchorGenerator(
                sizes=[[16], [32], [64], [128], [224]],
                aspect_ratios=[[0.5, 1.0, 2.0]],
                strides=[shapes[level].stride for level in levels],
            ),
            anchor_matcher=Matcher([0.3, 0.7], [0, -1, 1], allow_low_quality_matches=True),
            box2box_transform=Box2BoxTransform(weights=transform),
            batch_size_per_image=64,
            positive_fraction=0.5,
            pre_nms_topk=(400, 200),
            post_nms_topk=(100, 50),
            nms_thresh=0.7,
        )
        pooled = ShapeSpec(channels=CHANNELS, height=7, width=7)
        box_head = FastRCNNConvFCHead(pooled, conv_dims=[], fc_dims=[256])
        weights = (10.0, 10.0, 5.0, 5.0)
        roi_heads = PartialLabelRoiHeads(
            num_classes=len(LABELS),
            batch_size_per_image=64,
            positive_fraction=0.25,
            proposal_matcher=Matcher([0.5], [0, 1], allow_low_quality_matches=False),
            box_in_features=list(FPN_LEVELS),
            box_pooler=ROIPooler(
                output_size=7,
                scales=[1 / shapes[level].stride for level in FPN_LEVELS],
                sampling_ratio=2,
                pooler_type="ROIAlignV2",
                canonical_box_size=112,
            ),
            box_head=box_head,
            box_predictor=PartialLabelBoxHead(
                ShapeSpec(channels=256),
                box2box_transform=Box2BoxTransform(weights=weights),
                num_classes=len(LABELS),
                test_score_thresh=0.05,
                test_nms_thresh=0.5,
                test_topk_per_image=32,
            ),
        )
        super().__init__(
            backbone=backbone,
            proposal_generator=proposal_generator,
            roi_heads=roi_heads,
            pixel_mean=(0.0,),
            pixel_std=(1.0,),
        )
        self.dense_head: DenseHead = DenseHead(
            {level: shapes[level] for level in FPN_LEVELS},
            num_classes=len(LABELS),
            conv_dims=CHANNELS,
            common_stride=STRIDE,
            norm="GN",
        )

    def box_losses(self, image: torch.Tensor, targets: RegionTargets) -> dict[str, torch.Tensor]:
        """float [B, 1, S, S], normalised, to the losses of the box heads on a trunk that rests."""
        with torch.no_grad():
            features = self.backbone(image)
        images = _image_list(image)
        instances = [
            instances_of(masks, known)
            for masks, known in zip(targets.masks, targets.known, strict=True)
        ]
        proposals, losses = self.proposal_generator(images, features, instances)
        _, box_losses = self.roi_heads(images, features, proposals, instances)
        return {**losses, **box_losses}

    def boxes(self, image: torch.Tensor, pyramid: Sequence[torch.Tensor]) -> list[Instances]:
        """Boxes per image from the levels p2 to p5 that the trunk gave of it."""
        features = dict(zip(FPN_LEVELS, pyramid, strict=True))
        features["p6"] = F.max_pool2d(features["p5"], kernel_size=1, stride=2)
        images = _image_list(image)
        proposals, _ = self.proposal_generator(images, features, None)
        instances, _ = self.roi_heads(images, features, proposals, None)
        return list(instances)


def _image_list(image: torch.Tensor) -> ImageList:
    side = image.shape[-1]
    return ImageList(image, [(side, side)] * len(image))


def instances_of(masks: torch.Tensor, known: torch.Tensor) -> Instances:
    """One box a label that is present: masks uint8 [16, S, S], known bool [16]."""
    side = masks.shape[-1]
    boxes, classes = [], []
    for label in range(len(LABELS)):
        if not known[label]:
            continue
        rows = masks[label].any(dim=1).nonzero()
        if len(rows) == 0:
            continue
        columns = masks[label].any(dim=0).nonzero()
        box = (columns[0, 0], rows[0, 0], columns[-1, 0] + 1, rows[-1, 0] + 1)
        if box[2] - box[0] < 3 or box[3] - box[1] < 3:
            continue
        boxes.append([float(v) for v in box])
        classes.append(label)
    instances = Instances((side, side))
    instances.gt_boxes = Boxes(torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4))
    instances.gt_classes = torch.tensor(classes, dtype=torch.int64)
    # Underscored, so that it is an attribute: a field has one row a box.
    instances._unknown_row = ~known
    return instances
