/// The description of the HTTP interface, as served at `/openapi.yaml`. Its source is `openapi.yaml` at the top of the project, from
/// which `Tests/tools/embed-openapi` makes this file; a test keeps the two equal.
enum OpenAPIDocument {
  static let yaml = #"""
    openapi: 3.1.0
    info:
      title: Rollcall
      description: >-
        Keeps xMatters people in step with Microsoft Entra ID. Graph posts its change notifications here; probes and
        metrics are for the platform that runs the service; the admin API is for its operators.
      version: 0.1.0
    paths:
      /webhooks/graph:
        post:
          operationId: takeNotifications
          summary: Takes change notifications of Microsoft Graph
          description: >-
            The body is a collection of change notifications. Items with a wrong client state or tenant are dropped; the
            answer stays 202 so as not to tell. With a validationToken this is Graph's validation request instead, whose
            body is not looked at.
          parameters:
            - $ref: '#/components/parameters/ValidationToken'
          requestBody:
            $ref: '#/components/requestBodies/Notifications'
          responses:
            '200':
              $ref: '#/components/responses/Token'
            '202':
              description: Every item is queued
            '400':
              $ref: '#/components/responses/Error'
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
            '408':
              $ref: '#/components/responses/Error'
            '413':
              $ref: '#/components/responses/Error'
            '415':
              $ref: '#/components/responses/Error'
            '503':
              $ref: '#/components/responses/Busy'
      /webhooks/graph/lifecycle:
        post:
          operationId: takeLifecycleNotifications
          summary: Takes lifecycle notifications of Microsoft Graph
          description: Answers validation requests as /webhooks/graph does.
          parameters:
            - $ref: '#/components/parameters/ValidationToken'
          requestBody:
            $ref: '#/components/requestBodies/Notifications'
          responses:
            '200':
              $ref: '#/components/responses/Token'
            '202':
              description: Every item is taken
            '400':
              $ref: '#/components/responses/Error'
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
            '408':
              $ref: '#/components/responses/Error'
            '413':
              $ref: '#/components/responses/Error'
            '415':
              $ref: '#/components/responses/Error'
            '503':
              $ref: '#/components/responses/Busy'
      /livez:
        get:
          operationId: isAlive
          summary: Whether the process can work; looks at no other system
          responses:
            '200':
              $ref: '#/components/responses/Text'
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
            '503':
              $ref: '#/components/responses/Text'
      /readyz:
        get:
          operationId: isReady
          summary: Whether notifications can be taken
          parameters:
            - name: verbose
              in: query
              description: When given, the answer lists each check
              required: false
              allowEmptyValue: true
              schema:
                type: string
          responses:
            '200':
              $ref: '#/components/responses/Text'
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
            '503':
              $ref: '#/components/responses/Text'
      /metrics:
        get:
          operationId: readMetrics
          summary: Metrics in the text format of Prometheus
          responses:
            '200':
              description: The metrics
              content:
                text/plain:
                  schema:
                    type: string
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
      /openapi.yaml:
        get:
          operationId: readDescription
          summary: This description
          responses:
            '200':
              description: The description
              content:
                application/yaml:
                  schema:
                    type: object
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
      /api/v1/job:
        get:
          operationId: readJob
          summary: How the job is doing
          security:
            - adminToken: []
          responses:
            '200':
              description: The job
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/SynchronizationJob'
            '400':
              $ref: '#/components/responses/Error'
            '401':
              $ref: '#/components/responses/Unauthorized'
            '404':
              $ref: '#/components/responses/AdminOff'
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
            '503':
              $ref: '#/components/responses/Error'
      /api/v1/job/start:
        post:
          operationId: startJob
          summary: Lets a paused job go on, and ends a quarantine
          security:
            - adminToken: []
          responses:
            '204':
              description: Done
            '400':
              $ref: '#/components/responses/Error'
            '401':
              $ref: '#/components/responses/Unauthorized'
            '404':
              $ref: '#/components/responses/AdminOff'
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
            '408':
              $ref: '#/components/responses/Error'
            '413':
              $ref: '#/components/responses/Error'
            '503':
              $ref: '#/components/responses/Error'
      /api/v1/job/pause:
        post:
          operationId: pauseJob
          summary: Begins nothing more until the job is started
          description: >-
            Runs of single objects under way end, a running cycle is broken off. Notifications are still taken as long as the
            queue has room. The pause lasts over restarts of the process.
          security:
            - adminToken: []
          responses:
            '204':
              description: Done
            '400':
              $ref: '#/components/responses/Error'
            '401':
              $ref: '#/components/responses/Unauthorized'
            '404':
              $ref: '#/components/responses/AdminOff'
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
            '408':
              $ref: '#/components/responses/Error'
            '413':
              $ref: '#/components/responses/Error'
            '503':
              $ref: '#/components/responses/Error'
      /api/v1/job/restart:
        post:
          operationId: restartJob
          summary: Undoes what the scope names, and begins a cycle
          description: >-
            Watermark evaluates everybody again and compares with xMatters; Escrows forgets failures; QuarantineState lifts a
            quarantine; ForceDeletes carries out the removals that the guard holds; ConnectorDataStore forgets the object
            connections, which come back from the external keys in xMatters; Full is all of them; None starts a paused job.
            Without a scope it is QuarantineState, Watermark and Escrows. A paused job goes on.
          security:
            - adminToken: []
          requestBody:
            required: false
            content:
              application/json:
                schema:
                  $ref: '#/components/schemas/Restart'
          responses:
            '204':
              description: Done
            '400':
              $ref: '#/components/responses/Error'
            '401':
              $ref: '#/components/responses/Unauthorized'
            '404':
              $ref: '#/components/responses/AdminOff'
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
            '408':
              $ref: '#/components/responses/Error'
            '413':
              $ref: '#/components/responses/Error'
            '415':
              $ref: '#/components/responses/Error'
            '503':
              $ref: '#/components/responses/Error'
      /api/v1/job/validateCredentials:
        post:
          operationId: validateCredentials
          summary: Tests the configured credentials of both sides with reads alone
          security:
            - adminToken: []
          responses:
            '204':
              description: Done
            '400':
              $ref: '#/components/responses/CredentialsRefused'
            '401':
              $ref: '#/components/responses/Unauthorized'
            '404':
              $ref: '#/components/responses/AdminOff'
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
            '408':
              $ref: '#/components/responses/Error'
            '413':
              $ref: '#/components/responses/Error'
            '503':
              $ref: '#/components/responses/Error'
      /api/v1/job/provisionOnDemand:
        post:
          operationId: provisionOnDemand
          summary: Provisions users, and groups with their members, now
          description: With dryRun it is found out what would be done, and nothing is sent to xMatters.
          security:
            - adminToken: []
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: '#/components/schemas/OnDemand'
          responses:
            '200':
              description: An entry of each user, then of each group when groups are provisioned, steps included
              content:
                application/json:
                  schema:
                    type: object
                    required: [value]
                    properties:
                      value:
                        type: array
                        items:
                          $ref: '#/components/schemas/ProvisioningObjectSummary'
            '400':
              $ref: '#/components/responses/Error'
            '401':
              $ref: '#/components/responses/Unauthorized'
            '404':
              $ref: '#/components/responses/AdminOff'
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
            '408':
              $ref: '#/components/responses/Error'
            '409':
              description: The job is paused
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/Error'
            '413':
              $ref: '#/components/responses/Error'
            '415':
              $ref: '#/components/responses/Error'
            '503':
              $ref: '#/components/responses/Error'
      /api/v1/provisioning:
        get:
          operationId: listProvisioning
          summary: The provisioning log, the newest entries first
          description: >-
            Entries name people. With Accept text/csv the answer is a table, and the next page is in the Link header. Query
            parameters that are not listed here are refused.
          security:
            - adminToken: []
          parameters:
            - name: status
              in: query
              schema:
                type: string
                enum: [success, warning, failure, skipped]
            - name: action
              in: query
              schema:
                type: string
                enum: [create, update, delete, stageddelete, disable, other]
            - name: objectId
              in: query
              description: The id of an object in the directory
              schema:
                $ref: '#/components/schemas/ShortText'
            - name: search
              in: query
              description: Stands in names or ids of source or target, or in the error code; letter case does not matter
              schema:
                $ref: '#/components/schemas/ShortText'
            - name: since
              in: query
              description: The earliest moment, itself included
              schema:
                $ref: '#/components/schemas/Time'
            - name: until
              in: query
              description: The moment before which entries have to be
              schema:
                $ref: '#/components/schemas/Time'
            - name: cycleId
              in: query
              schema:
                $ref: '#/components/schemas/ShortText'
            - $ref: '#/components/parameters/Top'
            - name: skipToken
              in: query
              description: From the nextLink of the page before
              schema:
                type: string
                pattern: '^-?[0-9]{1,15}-[0-9]{1,15}$'
          responses:
            '200':
              description: A page
              headers:
                Link:
                  description: Of a table, the next page
                  schema:
                    type: string
              content:
                application/json:
                  schema:
                    type: object
                    required: [value]
                    properties:
                      value:
                        type: array
                        items:
                          $ref: '#/components/schemas/ProvisioningObjectSummary'
                      nextLink:
                        $ref: '#/components/schemas/NextLink'
                text/csv:
                  schema:
                    type: string
            '400':
              $ref: '#/components/responses/Error'
            '401':
              $ref: '#/components/responses/Unauthorized'
            '404':
              $ref: '#/components/responses/AdminOff'
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
            '503':
              $ref: '#/components/responses/Error'
      /api/v1/connections:
        get:
          operationId: listConnections
          summary: Which person or group in xMatters each directory object is
          security:
            - adminToken: []
          parameters:
            - $ref: '#/components/parameters/Top'
            - $ref: '#/components/parameters/SkipToken'
          responses:
            '200':
              description: A page, ordered by the id of the object
              content:
                application/json:
                  schema:
                    type: object
                    required: [value]
                    properties:
                      value:
                        type: array
                        items:
                          $ref: '#/components/schemas/Connection'
                      nextLink:
                        $ref: '#/components/schemas/NextLink'
            '400':
              $ref: '#/components/responses/Error'
            '401':
              $ref: '#/components/responses/Unauthorized'
            '404':
              $ref: '#/components/responses/AdminOff'
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
            '503':
              $ref: '#/components/responses/Error'
      /api/v1/connections/{objectId}:
        parameters:
          - name: objectId
            in: path
            required: true
            description: The id of an object in the directory
            schema:
              type: string
              minLength: 1
        get:
          operationId: readConnection
          summary: Which person or group in xMatters a directory object is
          security:
            - adminToken: []
          responses:
            '200':
              description: The connection
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/Connection'
            '400':
              $ref: '#/components/responses/Error'
            '401':
              $ref: '#/components/responses/Unauthorized'
            '404':
              $ref: '#/components/responses/Error'
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
            '503':
              $ref: '#/components/responses/Error'
        delete:
          operationId: deleteConnection
          summary: Unlinks an object
          description: Both objects stay as they are; a later cycle may match anew.
          security:
            - adminToken: []
          responses:
            '204':
              description: There is no connection any more
            '400':
              $ref: '#/components/responses/Error'
            '401':
              $ref: '#/components/responses/Unauthorized'
            '404':
              $ref: '#/components/responses/Error'
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
            '408':
              $ref: '#/components/responses/Error'
            '413':
              $ref: '#/components/responses/Error'
            '503':
              $ref: '#/components/responses/Error'
      /api/v1/escrows:
        get:
          operationId: listEscrows
          summary: Objects that keep failing
          security:
            - adminToken: []
          parameters:
            - $ref: '#/components/parameters/Top'
            - $ref: '#/components/parameters/SkipToken'
          responses:
            '200':
              description: A page, ordered by the id of the object
              content:
                application/json:
                  schema:
                    type: object
                    required: [value]
                    properties:
                      value:
                        type: array
                        items:
                          $ref: '#/components/schemas/Escrow'
                      nextLink:
                        $ref: '#/components/schemas/NextLink'
            '400':
              $ref: '#/components/responses/Error'
            '401':
              $ref: '#/components/responses/Unauthorized'
            '404':
              $ref: '#/components/responses/AdminOff'
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
            '503':
              $ref: '#/components/responses/Error'
      /api/v1/expressions/evaluate:
        post:
          operationId: evaluateExpression
          summary: Tries an attribute-mapping expression
          security:
            - adminToken: []
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: '#/components/schemas/Evaluation'
          responses:
            '200':
              description: >-
                The value, that the attribute would not be written, or why the expression cannot be parsed or evaluated
              content:
                application/json:
                  schema:
                    type: object
                    properties:
                      value:
                        type: [string, array, 'null']
                        items:
                          type: string
                      skip:
                        const: true
                      error:
                        type: string
            '400':
              $ref: '#/components/responses/Error'
            '401':
              $ref: '#/components/responses/Unauthorized'
            '404':
              $ref: '#/components/responses/AdminOff'
            '405':
              $ref: '#/components/responses/MethodNotAllowed'
            '408':
              $ref: '#/components/responses/Error'
            '413':
              $ref: '#/components/responses/Error'
            '415':
              $ref: '#/components/responses/Error'
            '503':
              $ref: '#/components/responses/Error'
    components:
      securitySchemes:
        adminToken:
          type: http
          scheme: bearer
          description: The content of listener.adminTokenFile. Without one, nothing under /api/v1 is there (404).
      parameters:
        Top:
          name: top
          in: query
          description: How many items the page has at most
          schema:
            type: integer
            minimum: 1
            maximum: 1000
            default: 1000
        ValidationToken:
          name: validationToken
          in: query
          description: Sent by Graph when a subscription is made; the answer is 200 with the decoded token as text/plain
          required: false
          schema:
            type: string
            minLength: 1
            maxLength: 2048
        SkipToken:
          name: skipToken
          in: query
          description: From the nextLink of the page before
          schema:
            $ref: '#/components/schemas/ShortText'
      requestBodies:
        Notifications:
          required: true
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/NotificationCollection'
      responses:
        Token:
          description: The validation token
          content:
            text/plain:
              schema:
                type: string
        Text:
          description: In words
          content:
            text/plain:
              schema:
                type: string
        Error:
          description: What was wrong
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Error'
        CredentialsRefused:
          description: Which side refused, and why
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Error'
        Unauthorized:
          description: Without the admin token
          headers:
            WWW-Authenticate:
              description: How to send it
              schema:
                type: string
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Error'
        AdminOff:
          description: No admin token is configured
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Error'
        MethodNotAllowed:
          description: The path exists, but not with this method
          headers:
            Allow:
              description: The methods that it exists with
              schema:
                type: string
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Error'
        Busy:
          description: The queue is full or the service is stopping; nothing was taken
          headers:
            Retry-After:
              description: Seconds
              schema:
                type: integer
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Error'
      schemas:
        NotificationCollection:
          type: object
          required: [value]
          properties:
            value:
              type: array
              description: >-
                Items as Graph sends them: changeType, resource, resourceData, clientState, tenantId, subscriptionId,
                lifecycleEvent. Fields that are unknown are passed over; an item that says nothing is dropped.
              items:
                $ref: '#/components/schemas/Anything'
          propertyNames:
            $ref: '#/components/schemas/Name'
          additionalProperties:
            $ref: '#/components/schemas/Anything'
        Name:
          description: Any text without a NUL character
          type: string
          pattern: '^[^\x00]*$'
        Object:
          type: object
          propertyNames:
            $ref: '#/components/schemas/Name'
          additionalProperties:
            $ref: '#/components/schemas/Anything'
        Anything:
          anyOf:
            - type: [string, boolean, number, 'null']
            - type: array
              items:
                $ref: '#/components/schemas/Anything'
            - $ref: '#/components/schemas/Object'
        Error:
          type: object
          required: [error]
          properties:
            error:
              type: object
              required: [code, message]
              properties:
                code:
                  type: string
                message:
                  type: string
        ShortText:
          type: string
          minLength: 1
          maxLength: 500
        Time:
          description: RFC 3339
          type: string
          format: date-time
        NextLink:
          description: Where the next page is, relative to this service; missing on the last page
          type: string
        ProvisioningObjectSummary:
          description: As Microsoft Graph's resource of this name
          type: object
          required: [id, activityDateTime, provisioningAction, sourceIdentity, provisioningStatusInfo, provisioningSteps, modifiedProperties]
          properties:
            id:
              type: string
            activityDateTime:
              $ref: '#/components/schemas/Time'
            tenantId:
              type: string
            jobId:
              type: string
            cycleId:
              description: Null outside of cycles
              type: [string, 'null']
            changeId:
              type: string
            provisioningAction:
              type: string
              enum: [create, update, delete, stageddelete, disable, other]
            durationInMilliseconds:
              type: integer
            initiatedBy:
              type: object
            servicePrincipal:
              type: object
            sourceSystem:
              type: object
            targetSystem:
              type: object
            sourceIdentity:
              $ref: '#/components/schemas/Identity'
            targetIdentity:
              $ref: '#/components/schemas/Identity'
            provisioningStatusInfo:
              type: object
              required: [status]
              properties:
                status:
                  $ref: '#/components/schemas/StepStatus'
                errorInformation:
                  type: [object, 'null']
                  properties:
                    errorCode:
                      type: string
                    reason:
                      type: string
                    additionalDetails:
                      type: [string, 'null']
                    errorCategory:
                      type: string
                    recommendedAction:
                      type: string
            provisioningSteps:
              type: array
              items:
                type: object
                properties:
                  name:
                    type: string
                  provisioningStepType:
                    type: string
                    enum: [import, scoping, matching, processing, referenceResolution, export]
                  status:
                    $ref: '#/components/schemas/StepStatus'
                  description:
                    type: string
                  details:
                    type: object
            modifiedProperties:
              type: array
              items:
                type: object
                properties:
                  displayName:
                    type: string
                  oldValue:
                    type: [string, 'null']
                  newValue:
                    type: [string, 'null']
        StepStatus:
          type: string
          enum: [success, warning, failure, skipped]
        Identity:
          type: object
          properties:
            id:
              type: [string, 'null']
            displayName:
              type: [string, 'null']
            identityType:
              type: string
            details:
              type: object
        Connection:
          type: object
          required: [objectId, objectTypeName, sourceAnchor, targetAnchor, state]
          properties:
            objectId:
              type: string
            objectTypeName:
              $ref: '#/components/schemas/ObjectType'
            sourceAnchor:
              type: string
            targetAnchor:
              description: The id in xMatters
              type: string
            displayName:
              type: string
            state:
              description: active; disabled, but managed; or released after leaving the scope
              type: string
              enum: [active, disabled, released]
            pendingReference:
              description: The id of the manager who is waited for
              type: string
        ObjectType:
          type: string
          enum: [User, Group]
        Escrow:
          type: object
          required: [objectId, objectTypeName, errorCode, reason, recommendedAction, attempts, firstFailure, lastAttempt]
          properties:
            objectId:
              type: string
            objectTypeName:
              $ref: '#/components/schemas/ObjectType'
            displayName:
              type: string
            errorCode:
              type: string
            reason:
              type: string
            recommendedAction:
              type: string
            request:
              description: What was sent, ids left out
              type: object
              properties:
                method:
                  type: string
                route:
                  type: string
            response:
              description: What came back, if anything did
              type: object
              properties:
                status:
                  type: integer
                message:
                  type: string
            attempts:
              type: integer
            firstFailure:
              $ref: '#/components/schemas/Time'
            lastAttempt:
              $ref: '#/components/schemas/Time'
            nextAttempt:
              $ref: '#/components/schemas/Time'
        Evaluation:
          type: object
          required: [expression]
          properties:
            expression:
              description: Up to 10,000 characters
              type: string
            attributes:
              description: >-
                By their names; texts, numbers, truth values, lists of texts, or app roles as objects with id, value and
                displayName
              $ref: '#/components/schemas/Object'
            now:
              description: What Now() is
              anyOf:
                - $ref: '#/components/schemas/Time'
                - type: 'null'
            defaultDomain:
              description: What DefaultDomain() is
              type: [string, 'null']
            taken:
              description: Values that are taken already, for SelectUniqueValue
              type: [array, 'null']
              items:
                type: string
          propertyNames:
            $ref: '#/components/schemas/Name'
          additionalProperties:
            $ref: '#/components/schemas/Anything'
        Restart:
          type: object
          properties:
            criteria:
              type: [object, 'null']
              properties:
                resetScope:
                  description: Names with commas between them
                  type: [string, 'null']
                  pattern: '^((Watermark|Escrows|QuarantineState|ForceDeletes|ConnectorDataStore|Full|None)(, ?(Watermark|Escrows|QuarantineState|ForceDeletes|ConnectorDataStore|Full|None))*)?$'
              propertyNames:
                $ref: '#/components/schemas/Name'
              additionalProperties:
                $ref: '#/components/schemas/Anything'
          propertyNames:
            $ref: '#/components/schemas/Name'
          additionalProperties:
            $ref: '#/components/schemas/Anything'
        SynchronizationJob:
          description: As Microsoft Graph's resource of this name, with what it lacks beside it
          type: object
          required: [id, schedule, status, queue, subscriptions, heldRemovals, heartbeatAt]
          properties:
            id:
              type: string
            templateId:
              type: string
            schedule:
              type: object
              required: [state, interval]
              properties:
                state:
                  type: string
                  enum: [Active, Paused, Disabled]
                interval:
                  description: ISO 8601
                  type: string
            status:
              $ref: '#/components/schemas/SynchronizationStatus'
            queue:
              type: object
              required: [depth, processing, delayed, oldestAgeSeconds]
              properties:
                depth:
                  description: Objects that are not being processed
                  type: integer
                processing:
                  type: integer
                delayed:
                  description: Of the depth, those whose time has not come
                  type: integer
                oldestAgeSeconds:
                  type: number
            subscriptions:
              type: array
              items:
                type: object
                required: [id, resource, expirationDateTime]
                properties:
                  id:
                    type: string
                  resource:
                    type: string
                  expirationDateTime:
                    $ref: '#/components/schemas/Time'
                  notificationUrl:
                    type: string
            heldRemovals:
              description: Disables and deletes that wait for a person's decision
              type: integer
            heartbeatAt:
              description: When the service was last seen to move
              $ref: '#/components/schemas/Time'
            lastEventLagMs:
              description: From the last notification that was applied to its being applied
              type: [integer, 'null']
            credentialExpiresAt:
              description: When the credential for Entra ID expires; null when that cannot be told
              type: [string, 'null']
              format: date-time
            notificationsSilentSince:
              description: Since when no notification has arrived although cycles find changes; null when all is well
              type: [string, 'null']
              format: date-time
        SynchronizationStatus:
          type: object
          required: [code, lastExecution, progress, quarantine, synchronizedEntryCountByType]
          properties:
            code:
              type: string
              enum: [NotRun, Active, Paused, Quarantine]
            countSuccessiveCompleteFailures:
              type: integer
            escrowsPruned:
              type: boolean
            currentExecution:
              description: The cycle that runs
              $ref: '#/components/schemas/Execution'
            lastExecution:
              $ref: '#/components/schemas/Execution'
            lastSuccessfulExecution:
              $ref: '#/components/schemas/Execution'
            lastSuccessfulExecutionWithExports:
              $ref: '#/components/schemas/Execution'
            progress:
              description: Of the cycle that runs; empty when none does
              type: array
              items:
                type: object
                required: [completedUnits, totalUnits, units]
                properties:
                  units:
                    type: string
                  completedUnits:
                    type: integer
                  totalUnits:
                    description: Null while both sides are being read, as the total is not known before
                    type: [integer, 'null']
                  failedUnits:
                    type: integer
                  unitsPerSecond:
                    description: Over the last minute
                    type: [number, 'null']
                  estimatedSecondsRemaining:
                    type: [integer, 'null']
                  progressObservationDateTime:
                    $ref: '#/components/schemas/Time'
            quarantine:
              type: [object, 'null']
              required: [reason, error, seriesBegan, currentBegan]
              properties:
                reason:
                  type: string
                error:
                  $ref: '#/components/schemas/SynchronizationError'
                recommendedAction:
                  type: string
                request:
                  type: object
                response:
                  type: object
                seriesBegan:
                  $ref: '#/components/schemas/Time'
                seriesCount:
                  type: integer
                currentBegan:
                  $ref: '#/components/schemas/Time'
                nextAttempt:
                  type: [string, 'null']
            steadyStateFirstAchievedTime:
              description: 0001-01-01T00:00:00Z is never
              $ref: '#/components/schemas/Time'
            steadyStateLastAchievedTime:
              $ref: '#/components/schemas/Time'
            synchronizedEntryCountByType:
              type: array
              items:
                type: object
                required: [key, value]
                properties:
                  key:
                    $ref: '#/components/schemas/ObjectType'
                  value:
                    type: integer
        Execution:
          description: As Microsoft Graph's synchronizationTaskExecution
          type: [object, 'null']
          required: [activityIdentifier, timeBegan]
          properties:
            activityIdentifier:
              description: The id of the cycle
              type: string
            kind:
              type: string
              enum: [initial, incremental, full]
            state:
              type: string
              enum: [Succeeded, Failed, EntryLevelErrors]
            timeBegan:
              $ref: '#/components/schemas/Time'
            timeEnded:
              type: [string, 'null']
            error:
              anyOf:
                - $ref: '#/components/schemas/SynchronizationError'
                - type: 'null'
            countImported:
              description: Objects that were looked at
              type: integer
            countImportedDeltas:
              type: integer
            countImportedReferenceDeltas:
              type: integer
            countEntitled:
              type: integer
            countEntitledForProvisioning:
              type: integer
            countExports:
              description: Objects that xMatters had to be written to for
              type: integer
            countExported:
              type: integer
            countEscrowed:
              type: integer
            countEscrowedRaw:
              type: integer
        SynchronizationError:
          type: object
          required: [code, message]
          properties:
            code:
              type: string
            message:
              type: string
            tenantActionable:
              type: boolean
        OnDemand:
          type: object
          required: [subjects]
          properties:
            subjects:
              type: array
              minItems: 1
              maxItems: 1000
              items:
                type: object
                required: [objectId, objectTypeName]
                properties:
                  objectId:
                    description: Of a user or a group in the directory
                    type: string
                    pattern: '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$'
                  objectTypeName:
                    $ref: '#/components/schemas/ObjectType'
                propertyNames:
                  $ref: '#/components/schemas/Name'
                additionalProperties:
                  $ref: '#/components/schemas/Anything'
            dryRun:
              type: boolean
              default: false
          propertyNames:
            $ref: '#/components/schemas/Name'
          additionalProperties:
            $ref: '#/components/schemas/Anything'

    """#
}
