"""The training step of train_step.cc by torchvision's DenseNet, fastai's head and fastai's Adam.

usage: peer_step.py ARCHITECTURE PX IMAGES (contiguous|channels_last)[-bf16] [STEPS]
With -bf16 the forward pass runs under autocast.
Prints one JSON line with the same figures, but for the sum of live tensors.
"""
import json
import resource
import statistics
import sys
import time
from pathlib import Path

import torch
import torchvision
from fastai.optimizer import Adam
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).parent.parent / "oracle"))
import peers  # noqa: E402

name, px, images, layout = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
steps = int(sys.argv[5]) if len(sys.argv) > 5 else 3
bf16 = layout.endswith("-bf16")
memory_format = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}[layout.removesuffix("-bf16")]
model = peers.fastai_classifier(getattr(torchvision.models, name)().features).to(memory_format=memory_format)
model.train()
optimizer = Adam(list(model.parameters()), lr=1e-4, mom=0.9, sqr_mom=0.99, eps=1e-5, wd=0.1, decouple_wd=True)
batch = torch.randn(images, 3, px, px).contiguous(memory_format=memory_format)
study, labels = torch.arange(images), torch.ones(images)

seconds, cpu_start = [], 0.0
for step in range(steps + 1):
    start = time.perf_counter()
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        logits = model.views(batch)
    F.binary_cross_entropy_with_logits(logits.float(), labels).backward()
    optimizer.step()
    optimizer.zero_grad()
    if step == 0:
        cpu_start = time.process_time()
    else:
        seconds.append(time.perf_counter() - start)
print(json.dumps({
    "architecture": name, "px": px, "images": images, "kernels": f"torchvision, {layout}",
    "threads": torch.get_num_threads(), "ms_per_image": round(1000 * statistics.median(seconds) / images, 2),
    "cpu_ms_per_image": round(1000 * (time.process_time() - cpu_start) / steps / images, 2),
    "peak_rss_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}))
