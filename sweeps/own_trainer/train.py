"""A small network on generated data, as a trainer for radsweep: reports, checkpoints, stops."""
import argparse, json, os, signal, sys
import torch

args = argparse.ArgumentParser()
args.add_argument("--lr", type=float)
args.add_argument("--width", type=int)
args.add_argument("--optimizer", choices=["adam", "sgd"])
args.add_argument("--seed", type=int)
args.add_argument("--epochs", type=int, default=20)
args = args.parse_args()

torch.manual_seed(0)  # the data: the same for every run
x = torch.rand(600, 2) * 4 - 2
y = (torch.sin(x[:, :1] * 2) * x[:, 1:] + 0.05 * torch.randn(600, 1))
torch.manual_seed(args.seed)
model = torch.nn.Sequential(torch.nn.Linear(2, args.width), torch.nn.Tanh(), torch.nn.Linear(args.width, 1))
kind = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[args.optimizer]
optimizer = kind(model.parameters(), lr=args.lr)

checkpoint = os.path.join(os.environ["RADSWEEP_CHECKPOINT_DIR"], "last.pt")
start = 0
if os.path.exists(checkpoint):
    saved = torch.load(checkpoint)
    model.load_state_dict(saved["model"])
    optimizer.load_state_dict(saved["optimizer"])
    start = saved["epoch"] + 1

stop = False
def on_term(*_):
    global stop
    stop = True
signal.signal(signal.SIGTERM, on_term)
metrics = os.fdopen(int(os.environ["RADSWEEP_METRICS_FD"]), "w", buffering=1)

for epoch in range(start, args.epochs):
    order = torch.randperm(500, generator=torch.Generator().manual_seed(1000 * args.seed + epoch))
    for batch in order.split(25):
        loss = torch.nn.functional.mse_loss(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        valid = torch.nn.functional.mse_loss(model(x[500:]), y[500:]).item()
    print(json.dumps({"epoch": epoch, "train_loss": loss.item(), "valid_loss": valid}), file=metrics)
    torch.save({"epoch": epoch, "model": model.state_dict(), "optimizer": optimizer.state_dict()}, checkpoint + ".new")
    os.replace(checkpoint + ".new", checkpoint)
    if stop and epoch + 1 < args.epochs:
        sys.exit(75)  # continue me
