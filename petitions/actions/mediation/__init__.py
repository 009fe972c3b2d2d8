"""What happens in a mediation: begun, visited, noted, ended, looked after."""
