//! The functions and routes that `template.yaml` declares.

use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;

use crate::error::TemplateError;

const TEMPLATE: &str = include_str!("../../../template.yaml");

/// The path of the route of requests that match no other one.
const DEFAULT_PATH: &str = "$default";

/// A function of the template.
#[derive(Debug, PartialEq, Eq)]
pub struct DeclaredFunction {
    /// The name of its program.
    pub name: String,
    /// The keys of its routes of the HTTP API: `POST /contacts`, or `$default`.
    pub route_keys: Vec<String>,
    /// Its time-out.
    pub time_limit: Duration,
}

/// Returns the functions of the template.
pub fn declared_functions() -> Result<Vec<DeclaredFunction>, TemplateError> {
    let template: Template = serde_saphyr::from_str(TEMPLATE)?;
    let time_limit = Duration::from_secs(template.globals.function.timeout);
    let mut functions = Vec::new();
    for resource in template.resources.into_values() {
        let build = resource.metadata.and_then(|metadata| metadata.build_properties);
        if let (Some(build), Some(properties)) = (build, resource.properties) {
            let routes = properties.events.into_iter().filter(|(_, event)| event.kind == "HttpApi");
            let route_keys = routes.map(|(name, event)| event.properties.route_key(name));
            let route_keys = route_keys.collect::<Result<_, _>>()?;
            functions.push(DeclaredFunction { name: build.binary, route_keys, time_limit });
        }
    }
    Ok(functions)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Template {
    globals: Globals,
    resources: BTreeMap<String, Resource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Globals {
    function: GlobalFunction,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GlobalFunction {
    timeout: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    metadata: Option<Metadata>,
    properties: Option<Properties>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    build_properties: Option<BuildProperties>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BuildProperties {
    binary: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Properties {
    #[serde(default)]
    events: BTreeMap<String, Event>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    #[serde(rename = "Type")]
    kind: String,
    properties: Route,
}

/// The properties of an event that are those of a route of the HTTP API.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Route {
    method: Option<String>,
    path: Option<String>,
}

impl Route {
    fn route_key(self, event: String) -> Result<String, TemplateError> {
        match (self.method, self.path) {
            (_, Some(path)) if path == DEFAULT_PATH => Ok(path),
            (Some(method), Some(path)) => Ok(format!("{method} {path}")),
            _ => Err(TemplateError::Route(event)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_of_the_template_leads_to_its_function() {
        let function = |name: &str, route_keys: &[&str]| DeclaredFunction {
            name: name.to_owned(),
            route_keys: route_keys.iter().map(|key| (*key).to_owned()).collect(),
            time_limit: Duration::from_secs(29),
        };
        let delete = function("delete-contacts", &["DELETE /contacts", "POST /contacts/delete"]);
        let upsert = function("upsert-contacts", &["$default", "POST /contacts"]);
        assert_eq!(declared_functions().unwrap(), [delete, upsert]);
    }
}
