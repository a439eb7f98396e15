"""What the screens are made of. A widget owns its pixels, its reactives and its CSS."""
