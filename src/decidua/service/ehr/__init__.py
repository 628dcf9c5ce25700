"""What stands between the service and EHRs: who may call, which servers may be asked, and how."""
