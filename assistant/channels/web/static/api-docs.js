// Shows what the API takes and gives; a token that is typed stays in the page and is gone with it.
"use strict";

const place = document.getElementById("api");
SwaggerUIBundle({ url: place.dataset.schema, domNode: place, deepLinking: true, persistAuthorization: false, validatorUrl: null });
