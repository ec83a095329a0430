"""Hooks for MiniStack's CloudFormation handlers, for gaps in resource types."""

from ministack.services.cloudformation import provisioners

HANDLERS = provisioners._RESOURCE_HANDLERS


def before(resource_type, rewrite):
    """Replaces a resource's properties by those that `rewrite` returns, before it is created or updated."""
    handler = HANDLERS[resource_type]
    create, update = handler["create"], handler["update"]
    handler["create"] = lambda logical_id, properties, *rest: create(logical_id, rewrite(properties), *rest)
    handler["update"] = lambda physical_id, old, new, *rest: update(physical_id, rewrite(old), rewrite(new), *rest)


def after(resource_type, apply):
    """Calls `apply` with a resource's physical id and its properties after it is created or updated."""
    handler = HANDLERS[resource_type]
    create, update = handler["create"], handler["update"]

    def create_and_apply(logical_id, properties, *rest):
        physical_id, attributes = create(logical_id, properties, *rest)
        apply(physical_id, properties)
        return physical_id, attributes

    def update_and_apply(physical_id, old, new, *rest):
        physical_id, attributes = update(physical_id, old, new, *rest)
        apply(physical_id, new)
        return physical_id, attributes

    handler["create"], handler["update"] = create_and_apply, update_and_apply
