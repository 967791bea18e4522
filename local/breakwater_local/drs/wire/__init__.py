"""The wire protocol of DRS (rest-json), by the model in the installed botocore."""
