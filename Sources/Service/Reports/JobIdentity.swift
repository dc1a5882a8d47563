package import ProvisioningModel

/// What the job is called wherever it is shown (Graph's `synchronizationJob` and `provisioningObjectSummary`).
package struct JobIdentity: Hashable, Sendable {
  package var tenantID: String
  /// `rollcall.<tenant>.<application>`, as Graph's `<template>.<tenant>.<application>`.
  package var jobID: String
  /// Of the enterprise application; nil before it has been read.
  package var servicePrincipalID: String?
  package var servicePrincipalName: String?
  /// The host of xMatters.
  package var targetName: String

  package init(
    tenantID: String, jobID: String, servicePrincipalID: String?, servicePrincipalName: String?, targetName: String
  ) {
    self.tenantID = tenantID
    self.jobID = jobID
    self.servicePrincipalID = servicePrincipalID
    self.servicePrincipalName = servicePrincipalName
    self.targetName = targetName
  }

  package init(_ settings: Settings, application: Application? = nil) {
    tenantID = settings.directory.tenantID
    let name =
      switch settings.directory.application {
      case .appID(let id), .servicePrincipalID(let id): id
      }
    jobID = "rollcall.\(tenantID).\(name)"
    if case .servicePrincipalID(let id) = settings.directory.application { servicePrincipalID = id }
    if let application {
      servicePrincipalID = application.id.rawValue
      servicePrincipalName = application.displayName
    }
    targetName = settings.xmatters.url
  }
}
