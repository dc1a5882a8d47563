/// The description of the HTTP interface, as served at `/openapi.yaml`. Its source is `openapi.yaml` at the top of the project, from
/// which `Tests/tools/embed-openapi` makes this file; a test keeps the two equal.
enum OpenAPIDocument {
  static let yaml = #"""
    openapi: 3.1.0
    info:
      title: Rollcall
      description: >-
        Keeps xMatters people in step with Microsoft Entra ID. Graph posts its change notifications here; probes and
        metrics are for the platform that runs the service.
      version: 0.1.0
    paths:
      /webhooks/graph:
        post:
          operationId: takeNotifications
          summary: Takes change notifications of Microsoft Graph
          description: >-
            The body is a collection of change notifications. Items with a wrong client state or tenant are dropped; the
            answer stays 202 so as not to tell. With the query parameter validationToken (1 to 2048 characters) this is
            Graph's validation request instead: it has no body, and is answered with 200 and the decoded token as
            text/plain.
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
    components:
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

    """#
}
