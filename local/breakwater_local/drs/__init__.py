"""The DRS simulator: an AWS Elastic Disaster Recovery that any AWS client believes.

    python -m breakwater_local.drs --port 4567 [--speed 60] [--script faults.yaml]
        [--servers samples.yaml] [--aws-endpoint http://127.0.0.1:4566]

It speaks the wire protocol of DRS, as the installed botocore describes it, and keeps one world per
account and Region. What a world looks like at a moment is a function of the seed, the script and
the calls made until then: nothing moves in the background but what must leave the simulator (EC2
instances, EventBridge events).

    clock, dice, durations, errors       time, repeatable chance, ways to say no
    files/                               the two YAML files: servers, faults
    wire/                                bytes to calls and back, by botocore's model
    realm, world, job, launch, ...       the state, and how it unfolds
    operations/                          one function per DRS operation
    views/                               what the state looks like on the wire
    simulation, server                   the two ends tied together
    embedded_aws, permissions            EC2, EventBridge, IAM and STS of the embedded AWS
    process                              start, find and stop it as a process of its own

docs/drs-simulator.md is its reference.
"""
