"""What every test may use; this folder is on the path, so ``real_sets`` can be imported."""
