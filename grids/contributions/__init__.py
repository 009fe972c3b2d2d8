"""What grids contributes to the registries of the portal, by noun. Called from `GridsConfig.ready`."""
